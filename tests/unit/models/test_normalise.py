"""Normal forms for search and duplicates."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetdesk.models.normalise import (
    email_key,
    looks_like_email,
    phone_digits,
    phone_key,
    search_key,
    trade_licence_key,
)


@pytest.mark.parametrize(
    ("text", "country", "key"),
    [
        ("+971 50 123 4567", None, "+971501234567"),
        ("00971501234567", None, "+971501234567"),
        ("050 123 4567", "AE", "+971501234567"),
        ("06.12.34.56.78", "FR", "+33612345678"),
        ("(0)6 12 34 56 78", "FR", "+33612345678"),
        ("+33 (0)6 12 34 56 78", None, "+33612345678"),
        ("+1-532-344-1362", None, "+15323441362"),
        ("+33 6 12 34 56 78 ext. 12", None, "+33612345678"),
        ("+33612345678x5610", None, "+33612345678"),
        ("+33612345678 poste 4", None, "+33612345678"),
        ("٠٥٠١٢٣٤٥٦٧", "AE", "+971501234567"),
        ("050 123 4567", None, None),
        ("06 12 34", "FR", None),
        ("985.939.5411x2641", None, None),
        ("call me", "FR", None),
        ("", "FR", None),
        (None, "FR", None),
        ("+33612345678", "nowhere", "+33612345678"),
    ],
)
def test_a_phone_number_is_one_of_the_world_or_none(text: str | None, country: str | None, key: str | None) -> None:
    assert phone_key(text, country) == key


@pytest.mark.parametrize(
    ("text", "country", "digits"),
    [
        ("+33 6 12 34 56 78", None, "612345678"),
        ("050 123 4567", "AE", "501234567"),
        ("985.939.5411x2641", None, "9859395411"),
        ("0044 555", None, "555"),
        ("call me", None, ""),
        (None, None, ""),
    ],
)
def test_the_digits_of_a_phone_number_leave_out_its_country_and_extension(
    text: str | None, country: str | None, digits: str
) -> None:
    assert phone_digits(text, country) == digits


@pytest.mark.parametrize("text", ["a@b.fr", " a.b+c@sub.domain.ae ", "émile@société.fr", "o'neil@x.co"])
def test_an_address_has_one_at_and_a_dot_in_its_domain(text: str) -> None:
    assert looks_like_email(text)


@pytest.mark.parametrize("text", ["", "a", "a@b", "a@b.", "@b.fr", "a b@c.fr", "a@b@c.fr", "a@b.fr, c@d.fr", "a@.fr "])
def test_anything_else_is_no_address(text: str) -> None:
    assert not looks_like_email(text)


@pytest.mark.parametrize(("text", "key"), [(" A@B.fr", "a@b.fr"), ("", None), (None, None), ("  ", None)])
def test_addresses_compare_without_case_and_space(text: str | None, key: str | None) -> None:
    assert email_key(text) == key


@pytest.mark.parametrize(
    ("text", "key"), [("CN-12 34/a", "CN1234A"), ("٣٤٥", "٣٤٥"), ("--", None), ("", None), (None, None)]
)
def test_licences_compare_by_letters_and_digits(text: str | None, key: str | None) -> None:
    assert trade_licence_key(text) == key


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("ÉLODIE", "elodie"),
        ("Straße", "STRASSE"),
        ("أحمد", "احمد"),
        ("إيمان آل", "ايمان ال"),
        ("فاطمة", "فاطمه"),
        ("مصطفى", "مصطفي"),
        ("مُحَمَّد", "محمد"),
        ("مـحـمـد", "محمد"),
        ("O'Neil-Smith", "o neil smith"),
        ("ﬁne", "fine"),
        ("e\u0301t\u00e9", "été"),
    ],
)
def test_what_people_type_for_one_another_is_the_same(left: str, right: str) -> None:
    assert search_key(left) == search_key(right)


def test_the_words_of_all_parts_stand_behind_one_another_with_one_space() -> None:
    assert search_key("  Zoé ", None, "", "Taxis -- du Nord!") == "zoe taxis du nord"


@given(st.text(), st.text())
def test_a_search_key_is_words_and_single_spaces_and_its_own_normal_form(one: str, other: str) -> None:
    key = search_key(one, other)
    assert key == " ".join(key.split())
    assert search_key(key) == key


@pytest.mark.parametrize("region", ["AE", "FR", "SA", "IT", "RU", "US", "GB", "BR", "MX", "AR", "DE", "HU", "LT", "CI"])
def test_a_number_written_plainly_is_read_as_the_library_reads_it(region: str) -> None:
    for kind in range(11):
        example = phonenumbers.example_number_for_type(region, kind)
        if example is None:
            continue
        for form in (phonenumbers.PhoneNumberFormat.E164, phonenumbers.PhoneNumberFormat.INTERNATIONAL):
            text = phonenumbers.format_number(example, form)
            key = phonenumbers.format_number(phonenumbers.parse(text), phonenumbers.PhoneNumberFormat.E164)
            assert (phone_key(text), phone_digits(text)) == (key, str(example.national_number))


def valid(typed: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(typed))
    except phonenumbers.NumberParseException:
        return False


def test_a_number_is_valid_where_the_library_says_so() -> None:
    examples = [
        (code, number.national_number)
        for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
        for region in regions
        for number in (
            phonenumbers.example_number(region) or phonenumbers.example_number_for_non_geo_entity(code),
            phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.TOLL_FREE),
        )
        if number is not None
    ]
    typed = [
        f"+{code}{digits}"
        for code, number in examples
        for digits in (f"{number}", f"{number}"[:-1], f"{number}1", f"{number}"[::-1])
    ]
    assert [phone_key(text) is not None for text in typed] == [valid(text) for text in typed]


def test_plain_letters_are_searched_as_others_are() -> None:
    assert search_key("Ann_B", "O'Neil & Sons,  LTD") == search_key("Änn_B", "O'Neil & Sons,  LTD")
