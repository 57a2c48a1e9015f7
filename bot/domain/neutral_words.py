"""What may be read over somebody's shoulder: words that must not stand in a message nobody has tapped yet (promise 9).

Source: clinical brief 5.5. The lists are written from everyday use and are not complete; a human reads each plan too.
"""

import re
import unicodedata

# Say that somebody was in hospital.
OF_A_STAY = {
    "en": ("hospital", "ward", "operation", "operated", "discharge", "discharged", "surgeon", "anaesthetic"),
    "bn": ("হাসপাতাল", "ওয়ার্ড", "অপারেশন", "অস্ত্রোপচার", "ডিসচার্জ", "সার্জারি"),
    "ar": ("مستشفى", "المستشفى", "مشفى", "عملية جراحية", "العملية", "جراحة", "الجراحة", "جناح المرضى"),
}
# Say that somebody's health is asked about.
OF_HEALTH = {
    "en": (
        "surgery",
        "medicine",
        "medicines",
        "medication",
        "tablet",
        "tablets",
        "pill",
        "pills",
        "dose",
        "doctor",
        "nurse",
        "clinic",
        "patient",
        "ill",
        "illness",
        "sick",
        "unwell",
        "pain",
        "wound",
        "symptom",
        "symptoms",
        "recover",
        "recovery",
        "recovering",
        "treatment",
        "health",
        "NHS",
        "GP",
    ),
    "bn": ("ওষুধ", "ঔষধ", "ডাক্তার", "চিকিৎসা", "চিকিৎসক", "রোগ", "অসুখ", "অসুস্থ", "ব্যথা", "ক্ষত", "স্বাস্থ্য", "নার্স", "ক্লিনিক"),
    "ar": (
        "دواء",
        "الدواء",
        "أدوية",
        "طبيب",
        "الطبيب",
        "علاج",
        "العلاج",
        "مرض",
        "مريض",
        "ألم",
        "جرح",
        "صحتك",
        "الصحة",
        "ممرض",
        "عيادة",
    ),
}


def telling(text: str, *, of_health: bool) -> list[str]:
    """The words in a text that tell too much, in any of the languages; `of_health` looks for health words as well."""
    lists = [OF_A_STAY, OF_HEALTH] if of_health else [OF_A_STAY]
    seen = _plain(text)
    return [word for words in lists for listed in words.values() for word in listed if _stands_in(_plain(word), seen)]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _stands_in(word: str, text: str) -> bool:
    """Latin words stand alone; the others take endings and articles, so that a part of a word counts."""
    if word.isascii():
        return re.search(rf"\b{re.escape(word)}\b", text) is not None
    return word in text
