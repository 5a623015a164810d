"""What prospects write in the form of the web site: an opening, a need and a wish, in English, French or Arabic."""

from __future__ import annotations

import random

from fleetdesk.demo.dataset.companies import CITIES_IN_ARABIC, Company

__all__ = ["message", "spoken_software"]


def message(rng: random.Random, language: str, company: Company) -> str:
    """A message of someone from that company: `en`, `fr` or `ar`. It is short as often as it is long."""
    opening, need, wish = (rng.choice(choices) for choices in _PARTS[language])
    after = f"{opening} {need[0].lower()}{need[1:]}" if opening.endswith(",") else f"{opening} {need}"
    text = rng.choice((need, f"{need} {wish}", after, f"{after} {wish}"))
    return text.format(
        company=company.name,
        city=CITIES_IN_ARABIC[company.city] if language == "ar" else company.city,
        cars=_cars_in_arabic(company.fleet_size) if language == "ar" else company.fleet_size,
        software=spoken_software(language, company.software),
    )


def spoken_software(language: str, software: str) -> str:
    """What a company works with, as it stands within a sentence."""
    return _SPOKEN[language].get(software, software)


def _cars_in_arabic(count: int) -> str:
    """Three to ten of anything take the plural, more the singular."""
    return f"{count} {'سيارات' if 3 <= count % 100 <= 10 else 'سيارة'}"


_SPOKEN = {
    "en": {"Paper": "pen and paper", "In-house system": "a system of our own"},
    "fr": {"Papier": "le papier", "Logiciel maison": "un logiciel maison"},
    "ar": {
        "Excel": "إكسل",
        "Google Sheets": "جداول جوجل",
        "In-house system": "نظاماً خاصاً بنا",
        "Paper": "الورق",
        "WhatsApp groups": "مجموعات واتساب",
    },
}

_ENGLISH = (
    (
        "Hello, we run {cars} cars in {city}.",
        "Good morning, I manage operations at {company}.",
        "Hi,",
        "Dear team, we are a chauffeur company based in {city} with {cars} vehicles.",
        "Hello, a friend in the business recommended you.",
        "Good day, {company} is growing and we need better tools.",
        "Hi team, I saw your demo at the trade show.",
        "Salam,",
    ),
    (
        "We plan everything with {software} today and bookings get lost between shifts.",
        "Our dispatchers lose an hour a day calling drivers for their position.",
        "We need one screen for {cars} cars, drivers and contracts.",
        "Paying drivers takes us three days every month, with the bank file done by hand.",
        "We want hotels to book directly and see where the car is.",
        "We are looking for live tracking, fuel cards and Salik tolls in the same report.",
        "Half of our trips are airport transfers and flight delays kill our planning.",
        "Permits and registrations expire without anyone noticing, and the fines are ours.",
        "We have drivers in two shifts and no clear view of hours worked.",
        "Invoicing corporate clients at month end is painful with {software}.",
        "We need Arabic and English in the driver app.",
        "We were promised a new system in January and are still waiting, so we are looking again.",
        "We want to move from {software} to something that our accountant accepts as well.",
        "Do you handle split fares and commission per driver?",
        "We are adding cars every season and cannot go on like this.",
    ),
    (
        "Please call me after 4 pm.",
        "Can we have a demo this week?",
        "What is the price for {cars} cars?",
        "Please send pricing and a short presentation.",
        "WhatsApp is the best way to reach me.",
        "Thank you.",
        "How long does it take to go live?",
        "Is there a trial period?",
        "Do you have clients in {city} that we could speak to?",
    ),
)

_FRENCH = (
    (
        "Bonjour,",
        "Bonjour, nous exploitons {cars} véhicules à {city}.",
        "Bonjour, je dirige {company}.",
        "Bonjour, un confrère m'a parlé de votre solution.",
        "Madame, Monsieur,",
        "Bonjour à toute l'équipe,",
        "Bonjour, nous nous sommes croisés au salon.",
    ),
    (
        "Nous gérons tout avec {software} et les courses se perdent entre deux équipes.",
        "Nous cherchons un logiciel de planning pour {cars} voitures et leurs chauffeurs.",
        "La facturation des comptes clients nous prend deux jours chaque fin de mois.",
        "Nos clients hôteliers veulent réserver en ligne et suivre le véhicule.",
        "Les retards de vols à l'aéroport désorganisent tout notre planning.",
        "Je voudrais suivre les heures de mes chauffeurs et leurs cartes professionnelles.",
        "Nous faisons du transport médical conventionné et du VTC, il nous faut un seul outil.",
        "Nous voulons sortir des plateformes et avoir nos propres réservations.",
        "Nous ouvrons une deuxième agence, impossible de continuer avec {software}.",
        "Est-ce que votre application chauffeur fonctionne sans réseau ?",
        "Il nous faut des bons de commande conformes en cas de contrôle.",
        "Notre contrat actuel se termine dans trois mois, nous comparons les offres.",
    ),
    (
        "Pouvez-vous me rappeler en fin de journée ?",
        "Quel est le tarif pour {cars} véhicules ?",
        "Une démonstration la semaine prochaine serait parfaite.",
        "Merci d'avance.",
        "Cordialement.",
        "Avez-vous des références à {city} ?",
        "Plutôt par mail, je suis souvent sur la route.",
        "Y a-t-il une période d'essai ?",
    ),
)

_ARABIC = (
    (
        "السلام عليكم،",
        "السلام عليكم ورحمة الله، لدينا {cars} في {city}.",
        "مرحباً، نحن شركة نقل ركاب في {city}.",
        "تحية طيبة،",
        "صباح الخير،",
        "السلام عليكم، وصلنا إليكم عن طريق أحد العملاء.",
    ),
    (
        "نبحث عن نظام لإدارة الرحلات والسائقين والعقود في مكان واحد.",
        "نريد معرفة موقع كل سيارة دون الاتصال بالسائق.",
        "نستخدم حالياً {software} ولم يعد يكفينا.",
        "نحتاج إلى تطبيق للسائقين باللغتين العربية والإنجليزية.",
        "صرف رواتب السائقين يأخذ منا عدة أيام كل شهر.",
        "معظم عملنا من المطار والفنادق ونحتاج إلى متابعة مواعيد الرحلات.",
        "تنتهي رخص السيارات أحياناً دون أن ننتبه ونريد تنبيهات قبل الموعد.",
        "نريد إصدار الفواتير للشركات في نهاية الشهر بشكل آلي.",
        "لدينا {cars} ونخطط للتوسع هذا العام.",
    ),
    (
        "نرجو التواصل معنا بعد العصر.",
        "كم تكلفة الاشتراك لعدد {cars}؟",
        "هل يمكن ترتيب عرض تجريبي هذا الأسبوع؟",
        "يفضل التواصل عبر واتساب.",
        "شكراً لكم.",
        "نرجو إرسال عرض سعر.",
        "هل لديكم عملاء في {city}؟",
    ),
)

_PARTS = {"en": _ENGLISH, "fr": _FRENCH, "ar": _ARABIC}
