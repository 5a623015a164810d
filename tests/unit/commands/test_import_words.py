"""The words of people's files, in three languages."""

from __future__ import annotations

import phonenumbers
import pytest

from fleetdesk.commands.import_words import Target, begins_anew, country_code, known_stage, target_of
from fleetdesk.models.stages import Stage


@pytest.mark.parametrize(
    ("title", "target"),
    [
        ("First Name", Target.FIRST_NAME),
        ("PRÉNOM", Target.FIRST_NAME),
        ("prenom", Target.FIRST_NAME),
        ("الاسم الأول", Target.FIRST_NAME),
        ("last_name", Target.LAST_NAME),
        ("Nom de famille", Target.LAST_NAME),
        ("Nom", Target.FULL_NAME),
        ("الإسم", Target.FULL_NAME),
        ("Phone 2", Target.PHONE),
        ("Téléphone portable", Target.PHONE),
        ("رقم الهاتف", Target.PHONE),
        ("N° de téléphone", Target.PHONE),
        ("E-mail", Target.EMAIL),
        ("Email 1", Target.EMAIL),
        ("البريد الالكتروني", Target.EMAIL),
        ("Raison sociale", Target.COMPANY),
        ("اسم الشركة", Target.COMPANY),
        ("Taille de la flotte", Target.FLEET_SIZE),
        ("Deal Stage", Target.STAGE),
        ("الحالة", Target.STAGE),
        ("SIRET", Target.TRADE_LICENCE),
        ("Commercial", Target.OWNER),
        ("ملاحظات", Target.NOTE),
        ("Account Id", Target.REST),
        ("", Target.REST),
        ("2", Target.REST),
    ],
)
def test_a_title_is_understood_in_english_french_and_arabic(title: str, target: Target) -> None:
    assert target_of(title) is target


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("New Lead", Stage.NEW),
        ("Closed Won", Stage.NEW),
        ("Re-engagement", Stage.NEW),
        ("Closed Lost", Stage.LOST),
        ("DISQUALIFIED", Stage.LOST),
        ("Perdu", Stage.LOST),
        ("Négociation", Stage.NEW),
        ("غير مهتم", Stage.LOST),
        ("جديد", Stage.NEW),
        ("Zebra", None),
    ],
)
def test_a_stage_elsewhere_begins_here_in_new_or_lost(text: str, stage: Stage | None) -> None:
    assert known_stage(text) is stage


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("AE", "AE"),
        ("fr", "FR"),
        ("U.A.E.", "AE"),
        ("United Arab Emirates", "AE"),
        ("Émirats Arabes Unis", "AE"),
        ("الإمارات", "AE"),
        ("FRANCE", "FR"),
        ("Arabie Saoudite", "SA"),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_a_country_is_known_by_code_and_by_name(text: str, code: str | None) -> None:
    assert country_code(text) == code


def test_every_country_that_is_known_by_name_is_one_that_a_lead_may_have() -> None:
    names = ("Maroc", "Royaume-Uni", "Pays-Bas", "Côte d'Ivoire", "La Réunion", "Türkiye", "الكويت", "USA")
    codes = {country_code(name) for name in names}
    assert len(codes) == len(names)
    assert codes <= phonenumbers.SUPPORTED_REGIONS


@pytest.mark.parametrize(
    "title",
    [
        "Prochaine étape le",
        "À rappeler le",
        "Rappel",
        "Relance le",
        "Date de rappel",
        "Reminder",
        "Call back on",
        "تذكير",
    ],
)
def test_a_day_for_the_next_step_is_known_by_its_title(title: str) -> None:
    assert target_of(title) is Target.NEXT_ACTIVITY_AT


@pytest.mark.parametrize(
    ("word", "stage", "anew"),
    [
        ("Nouveau", Stage.NEW, False),
        ("À contacter", Stage.NEW, False),
        ("جديد", Stage.NEW, False),
        ("Contacté", Stage.NEW, True),
        ("Qualifié", Stage.NEW, True),
        ("Gagné", Stage.NEW, True),
        ("Client", Stage.NEW, True),
        ("Won", Stage.NEW, True),
        ("عميل", Stage.NEW, True),
        ("Perdu", Stage.LOST, False),
    ],
)
def test_of_a_stage_is_known_where_its_leads_begin_and_whether_anew(word: str, stage: Stage, anew: bool) -> None:
    assert (known_stage(word), begins_anew(word)) == (stage, anew)
