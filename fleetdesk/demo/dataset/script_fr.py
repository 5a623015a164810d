"""What the team for France writes."""

from __future__ import annotations

from fleetdesk.demo.dataset.steps import Loss, Moment, Script, Step
from fleetdesk.models.leads import ActivityKind
from fleetdesk.models.stages import Stage

__all__ = ["FRENCH"]

_CALL, _EMAIL, _MEETING, _NOTE, _TASK = (
    ActivityKind.CALL,
    ActivityKind.EMAIL,
    ActivityKind.MEETING,
    ActivityKind.NOTE,
    ActivityKind.TASK,
)

_STEPS = {
    Moment.TRY: (
        Step(
            _CALL,
            "Premier appel",
            (
                "Pas de réponse, message laissé.",
                "Répondeur. Rappeler après 17 h.",
                "Ça sonne occupé.",
                "Le standard répond : {first} est en course, rappeler demain.",
                "Au volant, demande un rappel plus tard.",
            ),
        ),
        Step(
            _EMAIL,
            "Se présenter par mail",
            (
                "Envoyé la présentation et deux créneaux pour un échange.",
                "Mail de présentation envoyé avec la plaquette.",
            ),
        ),
    ),
    Moment.REACH: (
        Step(
            _CALL,
            "Rappeler",
            (
                "Eu {first} au téléphone. {cars} véhicules à {city}, travaille avec {software}. Veut voir le planning.",
                "Bon premier échange. La décision se prend à deux avec l'associé.",
                "{first} compare trois solutions, décision ce trimestre.",
                "Échange court : intérêt pour la facturation et les heures des chauffeurs.",
                "Rappel comme demandé. Surtout des comptes hôtels et de l'aéroport.",
                "Question principale : le prix par véhicule et la durée d'engagement.",
                "{first} veut sortir des plateformes et cherche son propre outil de réservation.",
            ),
        ),
        Step(
            _EMAIL,
            "Répondre à la demande",
            (
                "Réponse reçue : {first} préfère un appel mardi matin.",
                "{first} répond avec la liste des véhicules et trois questions sur l'application.",
            ),
        ),
        Step(
            _MEETING,
            "Passer les voir",
            (
                "Rencontré {first} à {city}. Deux régulateurs, un tableau blanc et beaucoup de téléphone.",
                "Café avec {first} près de la gare. A gardé la plaquette, veut une vraie démo.",
            ),
        ),
    ),
    Moment.FOLLOW_UP: (
        Step(
            _EMAIL,
            "Envoyer le cas client",
            (
                "Envoyé le témoignage d'un exploitant de la même taille.",
                "Envoyé un ordre de prix pour {cars} véhicules, sans engagement.",
                "Envoyé des captures de l'application chauffeur.",
            ),
        ),
        Step(
            _CALL,
            "Relancer par téléphone",
            (
                "Plaquette lue, pas de question. {first} veut en parler au responsable d'exploitation.",
                "Pas le temps cette semaine, rappeler la semaine prochaine.",
                "Question sur les bons de réservation et les contrôles : c'est couvert.",
                "Il faut aussi l'accord de l'associé, en congés jusqu'à la fin du mois.",
            ),
        ),
        Step(
            _NOTE,
            "Se renseigner sur la société",
            (
                "Société active, comptes publiés. Le site montre berlines et vans.",
                "Bons avis en ligne, souvent cités pour l'aéroport.",
            ),
        ),
        Step(
            _TASK,
            "Préparer un exemple de facture",
            (
                "Exemple de facture mensuelle préparé pour {company}.",
                "Préparé un planning type pour {cars} véhicules.",
            ),
        ),
    ),
    Moment.QUALIFY: (
        Step(
            _CALL,
            "Appel de qualification",
            (
                "Dossier qualifié : {cars} véhicules, budget prévu cette année, décision sous deux mois.",
                "{first} confirme la flotte, l'adresse mail et le signataire. Démo à prévoir avec les régulateurs.",
                "Besoin réel et daté : le contrat actuel se termine ce trimestre.",
            ),
        ),
        Step(
            _MEETING,
            "Visite de qualification",
            (
                "Visite chez {company} à {city} : {cars} véhicules, deux équipes, facturation à la main.",
                "Visio avec {first} et la comptable. Priorité à la facturation des comptes.",
            ),
        ),
    ),
    Moment.DEMO: (
        Step(
            _MEETING,
            "Démonstration",
            (
                "Démo avec {first} et un régulateur. L'application hors réseau a convaincu.",
                "Démo en visio, 45 minutes. Très bon accueil du planning, questions sur l'export comptable.",
                "Démo sur place à {city}, essai avec dix courses du lendemain.",
                "Démo réussie ; reste à savoir comment reprendre les données de {software}.",
            ),
        ),
    ),
    Moment.OFFER: (
        Step(
            _EMAIL,
            "Envoyer le devis",
            (
                "Devis envoyé pour {cars} véhicules, à l'année, mise en route comprise.",
                "Deux variantes envoyées : mensuelle, ou annuelle avec deux mois offerts.",
                "Devis envoyé, valable trente jours.",
            ),
        ),
    ),
    Moment.NEGOTIATE: (
        Step(
            _CALL,
            "Reprendre le devis ensemble",
            (
                "Accord sur 8 % de remise pour un engagement annuel.",
                "{first} veut commencer avec la moitié des véhicules, le reste un mois après.",
                "Le prix convient, demande une formation sur place pour l'équipe de nuit.",
                "Accord oral. Demande la liste des documents à fournir.",
            ),
        ),
        Step(_TASK, "Faire valider la remise", ("Paiement trimestriel accepté par la finance pour {company}.",)),
        Step(
            _NOTE,
            "Noter l'accord",
            ("Accord par téléphone : {cars} véhicules, à l'année, facture après le démarrage.",),
        ),
    ),
    Moment.DOCUMENTS: (
        Step(
            _EMAIL,
            "Relancer pour les documents",
            (
                "Relance : il manque l'extrait Kbis de moins de trois mois.",
                "Pièce d'identité reçue, il manque le justificatif d'adresse.",
                "Lien du formulaire renvoyé, le premier était dans les indésirables.",
            ),
        ),
        Step(
            _CALL,
            "Remplir le formulaire ensemble",
            (
                "Formulaire rempli ensemble au téléphone ; la liste des véhicules arrive en tableau.",
                "{first} dépose le reste après le week-end.",
            ),
        ),
        Step(_NOTE, "Regarder ce qui a été déposé", ("Tous les documents sont là. Transmis pour contrôle.",)),
    ),
    Moment.REVIEW: (
        Step(
            _NOTE,
            "Contrôler les documents",
            (
                "Kbis, signataire et adresse concordent. Rien dans les listes de sanctions.",
                "Documents contrôlés. La liste compte {cars} véhicules, comme le devis.",
                "Attestation d'assurance illisible, redemandée et reçue le jour même. Tout est en ordre.",
            ),
        ),
    ),
    Moment.KICK_OFF: (
        Step(
            _MEETING,
            "Réunion de lancement",
            (
                "Lancement avec {first} : reprise des données lundi, formation des régulateurs mercredi.",
                "Démarrage prévu en deux temps : la moitié des véhicules, puis tous les {cars}.",
            ),
        ),
        Step(_EMAIL, "Envoyer le contrat", ("Contrat signé reçu, classé.", "Contrat envoyé pour signature.")),
    ),
    Moment.CONVERT: (Step(_NOTE, "Créer le client", ("Client créé, invitation envoyée à {first}.",)),),
    Moment.HAND_OVER: (
        Step(_NOTE, "Passer au support", ("Passage au support avec le compte rendu du lancement.",)),
        Step(
            _CALL,
            "Prendre des nouvelles",
            ("Appel à {first} après la première semaine : tous les chauffeurs sont connectés.",),
        ),
    ),
}

_LOSSES = {
    Stage.NEW: (
        Loss(_CALL, "Toujours pas de réponse, dernier message laissé.", "Sans réponse"),
        Loss(_CALL, "Le numéro n'est plus attribué.", "Injoignable"),
        Loss(_CALL, "A décroché une fois : comparait seulement les prix, ne veut pas de démo.", "Pas de projet réel"),
        Loss(_EMAIL, "Pas de retour à ce jour ; dernier mail envoyé.", "Sans réponse"),
        Loss(_EMAIL, "{first} ne souhaite plus de contact.", "Ne souhaite plus de contact"),
    ),
    Stage.CONTACTED: (
        Loss(
            _CALL,
            "Budget par véhicule trop faible, dit franchement à {first}.",
            "Trop cher",
            "{first} rappelle : la flotte a grandi et le budget aussi. Dossier rouvert.",
        ),
        Loss(
            _CALL,
            "Plus de réponse, ni par téléphone ni par mail.",
            "Plus de nouvelles",
            "{first} rappelle et s'excuse du silence. Toujours d'actualité.",
        ),
        Loss(
            _EMAIL,
            "{first} écrit : choix d'une autre solution la semaine dernière.",
            "A choisi un concurrent",
            "{first} rappelle : l'autre fournisseur n'a pas livré. Dossier rouvert.",
        ),
        Loss(
            _CALL,
            "Pas de budget avant l'an prochain.",
            "Reporté à l'an prochain",
            "{first} rappelle : le budget est là plus tôt que prévu.",
        ),
        Loss(_CALL, "Voulait seulement un prix pour une étude.", "Pas de projet réel"),
        Loss(
            _CALL,
            "Besoin du paiement par carte à bord, que nous n'avons pas.",
            "Fonction manquante : paiement à bord",
        ),
    ),
    Stage.QUALIFIED: (
        Loss(
            _CALL,
            "L'associé préfère garder {software}.",
            "Reste sur l'outil actuel",
            "{first} rappelle : après un mois difficile, l'associé est d'accord.",
        ),
        Loss(
            _CALL,
            "Offre concurrente un tiers moins chère, nous n'avons pas suivi.",
            "Trop cher",
            "{first} rappelle : l'autre outil n'a pas d'application chauffeur. Veut un nouveau devis.",
        ),
        Loss(_EMAIL, "{first} nous remercie : le groupe impose un seul outil.", "Décision du groupe"),
        Loss(_CALL, "Société en cours de cession, projets gelés.", "Projet arrêté"),
        Loss(_CALL, "{first} a quitté la société ; pas de suite.", "Contact parti"),
    ),
    Stage.ONBOARDING: (
        Loss(_CALL, "Kbis périmé et pas de mise à jour prévue.", "Documents non conformes"),
        Loss(
            _EMAIL,
            "Aucun document malgré les relances.",
            "Documents jamais envoyés",
            "{first} rappelle : les documents sont prêts, veut continuer.",
        ),
        Loss(_CALL, "{first} a signé ailleurs pendant que le dossier était ouvert.", "A choisi un concurrent"),
    ),
    Stage.VALIDATED: (Loss(_CALL, "Le gérant renonce au contrat.", "Renonce avant signature"),),
}

FRENCH = Script(_STEPS, _LOSSES)
