"""Names of people as they are met in the fleets of the Emirates and of France, by community."""

from __future__ import annotations

import random
from dataclasses import dataclass

from fleetdesk.demo.dataset.chance import weighted

__all__ = ["PersonName", "person_name"]


@dataclass(frozen=True, slots=True)
class PersonName:
    """First and last name in Latin letters; in Arabic script too, where the person may write it so."""

    first: str
    last: str
    arabic: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Community:
    men: tuple[str, ...]
    women: tuple[str, ...]
    families: tuple[str, ...]


def person_name(rng: random.Random, country: str) -> PersonName:
    """Someone who asks from that country."""
    community = weighted(rng, _COMMUNITIES[country])
    woman = rng.random() < _WOMEN[country]
    if community == "gulf":
        first, first_arabic = rng.choice(_ARABIC_WOMEN if woman else _ARABIC_MEN)
        last, last_arabic = rng.choice(_ARABIC_FAMILIES)
        return PersonName(first, last, (first_arabic, last_arabic))
    people = _PEOPLE[community]
    return PersonName(rng.choice(people.women if woman else people.men), rng.choice(people.families))


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip().replace("_", " ") for word in text.split())


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (line.split("|") for line in text.strip().splitlines())
    return tuple((latin.strip(), arabic.strip()) for latin, arabic in pairs)


_WOMEN = {"AE": 0.18, "FR": 0.27}

_COMMUNITIES = {
    "AE": {"gulf": 0.54, "malayali": 0.12, "north indian": 0.1, "pakistani": 0.13, "tamil": 0.05, "french": 0.06},
    "FR": {"french": 0.68, "maghrebi": 0.26, "pakistani": 0.03, "tamil": 0.03},
}

_ARABIC_MEN = _pairs("""
Mohammed | محمد
Ahmed | أحمد
Abdullah | عبدالله
Khalid | خالد
Omar | عمر
Saeed | سعيد
Hamad | حمد
Rashid | راشد
Sultan | سلطان
Saif | سيف
Majid | ماجد
Faisal | فيصل
Nasser | ناصر
Hassan | حسن
Hussein | حسين
Ali | علي
Ibrahim | إبراهيم
Yousef | يوسف
Mansoor | منصور
Jassim | جاسم
Tariq | طارق
Ziad | زياد
Bassam | بسام
Fadi | فادي
Marwan | مروان
Samer | سامر
Wael | وائل
Karim | كريم
Mahmoud | محمود
Mostafa | مصطفى
Amr | عمرو
Sherif | شريف
Tamer | تامر
Anas | أنس
Bilal | بلال
Hisham | هشام
Imad | عماد
Jamal | جمال
Nabil | نبيل
Walid | وليد
""")

_ARABIC_WOMEN = _pairs("""
Fatima | فاطمة
Aisha | عائشة
Mariam | مريم
Noura | نورة
Hessa | حصة
Shamma | شمة
Latifa | لطيفة
Maitha | ميثاء
Salama | سلامة
Layla | ليلى
Rania | رانيا
Dina | دينا
Hala | هالة
Reem | ريم
Lina | لينا
Sara | سارة
Hanan | حنان
Amal | أمل
Nadine | نادين
Yasmin | ياسمين
Huda | هدى
Salma | سلمى
""")

_ARABIC_FAMILIES = _pairs("""
Al Mansoori | المنصوري
Al Suwaidi | السويدي
Al Ketbi | الكتبي
Al Mazrouei | المزروعي
Al Shamsi | الشامسي
Al Nuaimi | النعيمي
Al Zaabi | الزعابي
Al Dhaheri | الظاهري
Al Hammadi | الحمادي
Al Marzooqi | المرزوقي
Al Falasi | الفلاسي
Al Blooshi | البلوشي
Al Ameri | العامري
Al Kaabi | الكعبي
Al Rumaithi | الرميثي
Al Tunaiji | الطنيجي
Al Muhairi | المهيري
Al Shehhi | الشحي
Al Ali | العلي
Al Awadhi | العوضي
Haddad | حداد
Khoury | خوري
Nassar | نصار
Mansour | منصور
Saleh | صالح
Hamdan | حمدان
Darwish | درويش
Abu Zaid | أبو زيد
El Sayed | السيد
Abdel Rahman | عبد الرحمن
Ghanem | غانم
Qasim | قاسم
Shaheen | شاهين
Barakat | بركات
Hijazi | حجازي
Najjar | نجار
Tamimi | التميمي
Masri | المصري
Halabi | الحلبي
Fakhoury | فاخوري
Zaki | زكي
Rizk | رزق
Suleiman | سليمان
Odeh | عودة
""")

_PEOPLE = {
    "malayali": _Community(
        _words("""Anil Biju Shaji Rajesh Sunil Manoj Jijo Thomas George Joseph Abdul_Rahman Shihab Faizal Noushad Nishad
            Ajith Vinod Suresh Renjith Sajan Basheer Jobin Arun Binu"""),
        _words("Anjali Deepa Sreeja Reshma Bindu Asha Neethu Shabana Liji Remya"),
        _words("""Nair Menon Pillai Kurian Varghese Thomas Mathew Cherian Koya Kutty Panicker Nambiar George Philip
            Abraham Chacko Puthiyapurayil Unni"""),
    ),
    "north indian": _Community(
        _words("""Amit Rahul Vikram Sanjay Deepak Rohit Ankit Nitin Gaurav Manish Harpreet Gurpreet Jaspreet Ravi Ashok
            Vivek Pankaj Rakesh Kunal Tarun"""),
        _words("Pooja Neha Ritu Kavita Simran Shweta Anita Manpreet Preeti Sunita"),
        _words("""Sharma Verma Gupta Singh Malhotra Kapoor Mehta Shah Patel Agarwal Chopra Bhatia Joshi Sethi Arora
            Khanna Gill Sandhu Desai Rana"""),
    ),
    "pakistani": _Community(
        _words("""Muhammad Imran Adnan Usman Bilal Asif Kashif Zeeshan Faisal Shahid Naveed Waqas Tariq Rizwan Junaid
            Salman Kamran Irfan Hamza Arslan Nadeem Sajid Mizanur Rafiqul"""),
        _words("Ayesha Sana Hina Nida Maria Saima Rabia Farah Amna Zainab"),
        _words("""Khan Ahmed Malik Hussain Iqbal Qureshi Butt Chaudhry Sheikh Raza Mirza Afridi Siddiqui Javed Aslam
            Bhatti Mehmood Baig Abbasi Rahman Yousafzai Akhtar"""),
    ),
    "tamil": _Community(
        _words("""Karthik Senthil Murugan Ramesh Prakash Arjun Saravanan Dinesh Balaji Ganesh Suthan Prabhu Mohan Selvam
            Kumar Vijay"""),
        _words("Priya Lakshmi Meena Kavitha Divya Shanthi Revathi Nithya"),
        _words("""Subramaniam Krishnan Rajan Sivakumar Natarajan Raman Chandran Nadarajah Selvaraj Sundaram Balan
            Thangaraj Perumal Kandasamy"""),
    ),
    "maghrebi": _Community(
        _words("""Mohamed Karim Mehdi Sofiane Rachid Nabil Samir Farid Yacine Amine Bilal Khaled Hakim Mourad Walid
            Abdelkader Youssef Hicham Said Toufik Anis Ilyes Nassim Brahim"""),
        _words("Samira Nadia Leïla Yasmine Sabrina Karima Fatiha Sonia Malika Inès Amina Hafida"),
        _words("""Benali Bouazza Haddad Belkacem Mansouri Ziani Cherif Amrani Hamdi Saïdi Boukhris Meziane Khelifi
            Ouali Zerrouki Bensaïd Tahiri Lahlou El_Idrissi Bennani Chaabane Trabelsi Ayadi Gharbi Jaziri Mokrani
            Slimani Aït_Ahmed Benmoussa Rahmani"""),
    ),
    "french": _Community(
        _words("""Jean Pierre Michel Philippe Nicolas Julien Thomas Guillaume Sébastien Olivier Laurent Frédéric David
            Stéphane Christophe Éric François Vincent Mathieu Alexandre Romain Antoine Maxime Benoît Jérôme Fabrice
            Cédric Thierry Patrick Bruno Gaël Loïc Yann Hugo Lucas Rémi Arnaud Xavier Jean-Marc Jean-Baptiste
            Pierre-Yves Didier Franck Emmanuel"""),
        _words("""Marie Sophie Isabelle Nathalie Céline Sandrine Camille Julie Émilie Aurélie Claire Chloé Anne Hélène
            Valérie Charlotte Manon Élodie Laure Virginie Florence Mathilde Agnès Pauline Véronique Caroline Léa
            Anne-Sophie Delphine Corinne"""),
        _words("""Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefebvre Michel
            Garcia Roux Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Muller Lefèvre Faure Mercier
            Blanc Guérin Boyer Garnier Chevalier François Legrand Gauthier Perrin Robin Clément Morin Nicolas Henry
            Roussel Gautier Masson Marchand Duval Denis Dumont Marie Lemaire Noël Meyer Dufour Meunier Brun Blanchard
            Giraud Joly Rivière Lucas Brunet Gaillard Barbier Arnaud Renard Roche Schmitt Colin Vidal Caron Picard
            Roger Fabre Aubert Lemoine Renaud Dumas Lacroix Olivier Philippe Bourgeois Pierre Benoît Rey Leclerc Payet
            Rolland Leclercq Guillaume Lecomte Le_Gall Kerbrat Le_Goff Da_Silva Ferreira Fernandes De_Oliveira"""),
    ),
}
