"""The words of people's files: column titles, stages and countries in English, French and Arabic.

All keys are in the form of `models.normalise.search_key`: without case, accents, signs and Arabic letter variants.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

import phonenumbers

from fleetdesk.models.normalise import search_key
from fleetdesk.models.stages import Stage

__all__ = [
    "OWN_TITLES",
    "VERDICT_TITLE",
    "Target",
    "begins_anew",
    "country_code",
    "known_stage",
    "known_title",
    "own_outcome",
    "target_of",
]


class Target(StrEnum):
    """What a column of a file becomes. EMAIL and PHONE may be the target of several columns, as NOTE and REST may."""

    __hash__ = str.__hash__  # an enumeration's own is ten times as slow, and each cell of a file asks for it

    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    FULL_NAME = "full_name"
    EMAIL = "email"
    PHONE = "phone"
    COMPANY = "company"
    COUNTRY = "country"
    FLEET_SIZE = "fleet_size"
    CURRENT_SOFTWARE = "current_software"
    WEBSITE = "website"
    TRADE_LICENCE = "trade_licence"
    MESSAGE = "message"
    SOURCE = "source"
    OWNER = "owner"
    SCORE = "score"
    STAGE = "stage"
    TAGS = "tags"
    NEXT_ACTIVITY = "next_activity"
    NEXT_ACTIVITY_AT = "next_activity_at"
    NOTE = "note"
    """Its text opens the lead's timeline."""
    REST = "rest"
    """It has no field: title and value are kept in that note."""
    LEAD_ID = "lead_id"
    """Our own name for a lead, from an export; another system's is kept in that note."""
    VERDICT = "verdict"
    """Our own column in a file of rows that were not imported; it says nothing about the lead."""
    NOTHING = "nothing"
    """It is left out."""


VERDICT_TITLE = "Why it was not imported"
OWN_TITLES = {
    "lead_id": "Lead ID",
    "first_name": "First name",
    "last_name": "Last name",
    "company": "Company",
    "email": "Email",
    "second_email": "Second email",
    "phone": "Phone",
    "second_phone": "Second phone",
    "country": "Country",
    "fleet_size": "Fleet size",
    "current_software": "Current software",
    "website": "Website",
    "trade_licence": "Trade licence",
    "message": "Message",
    "source": "Source",
    "owner": "Owner",
    "score": "Score",
    "stage": "Stage",
    "tags": "Tags",
    "next_activity": "Next step",
    "next_activity_at": "Next step at",
    "lost_reason": "Lost reason",
    "activity_count": "Activities",
    "last_activity_at": "Last activity",
    "stage_changed_at": "Stage since",
    "created_at": "Created",
    "updated_at": "Updated",
}
"""How an export calls what it tells of a lead. Of these the last ones follow from what was done with it."""
_OUTCOMES = ("lost_reason", "activity_count", "last_activity_at", "stage_changed_at", "created_at", "updated_at")


def target_of(title: str) -> Target:
    """The guess for a column's title; REST where it says nothing."""
    words = search_key(title).replace("_", " ").split()
    while words and words[-1].isdecimal():
        del words[-1]
    return _TITLES.get(" ".join(words), Target.REST)


def known_title(title: str) -> bool:
    """Whether it is a title that says what its column holds."""
    return target_of(title) is not Target.REST


def own_outcome(title: str) -> bool:
    """Whether an export of ours calls so what follows from what was done with a lead."""
    return title in {OWN_TITLES[name] for name in _OUTCOMES}


@lru_cache(maxsize=1_024)
def known_stage(text: str) -> Stage | None:
    """The stage in which a lead of that stage elsewhere begins here: `new`, or `lost`; None for an unknown word."""
    key = search_key(text)
    if key in _LOST:
        return Stage.LOST
    return Stage.NEW if key in _FRESH or key in _FURTHER else None


@lru_cache(maxsize=1_024)
def begins_anew(text: str) -> bool:
    """Whether a lead of that stage elsewhere was further than `new`, where it begins here."""
    return search_key(text) in _FURTHER


@lru_cache(maxsize=1_024)
def country_code(text: str) -> str | None:
    """The ISO 3166 code of a country given as code or by name; None for an unknown one."""
    code = text.strip().upper()
    return code if code in phonenumbers.SUPPORTED_REGIONS else _COUNTRIES.get(search_key(text))


def _keys(words: str) -> frozenset[str]:
    return frozenset(map(search_key, words.split(",")))


def _by_word(groups: Mapping[Target, str]) -> dict[str, Target]:
    return {key: target for target, words in groups.items() for key in _keys(words)}


_TITLES = _by_word(
    {
        Target.VERDICT: VERDICT_TITLE,
        Target.LEAD_ID: "lead id,fleetdesk id",
        Target.FIRST_NAME: "first name,firstname,given name,forename,contact first name,prénom,prénom du contact,"
        "الاسم الأول,الإسم الأول,الاسم الشخصي",
        Target.LAST_NAME: "last name,lastname,surname,family name,nom de famille,nom du contact,contact last name,"
        "اسم العائلة,الاسم الأخير,اللقب,الكنية",
        Target.FULL_NAME: "name,full name,fullname,contact,contact name,contact person,lead,lead name,client,customer,"
        "customer name,nom,nom complet,nom et prénom,prénom et nom,nom prénom,interlocuteur,"
        "الاسم,الإسم,الاسم الكامل,اسم العميل,العميل,جهة الاتصال,اسم جهة الاتصال",
        Target.EMAIL: "email,e mail,mail,email address,e mail address,work email,business email,primary email,"
        "secondary email,second email,other email,alternate email,contact email,courriel,adresse email,adresse e mail,"
        "adresse mail,adresse courriel,email secondaire,البريد الإلكتروني,بريد إلكتروني,الايميل,الإيميل,ايميل",
        Target.PHONE: "phone,phone number,phone no,telephone,telephone number,tel,tel no,mobile,mobile phone,"
        "mobile number,mobile no,cell,cell phone,cellphone,work phone,business phone,office phone,home phone,"
        "primary phone,secondary phone,second phone,other phone,whatsapp,whatsapp number,contact number,"
        "téléphone,tél,téléphone portable,téléphone mobile,téléphone fixe,portable,fixe,gsm,numéro de téléphone,"
        "numéro,n de téléphone,الهاتف,رقم الهاتف,هاتف,الجوال,رقم الجوال,جوال,الموبايل,موبايل,رقم الموبايل,واتساب,"
        "الهاتف المحمول,رقم الهاتف المحمول",
        Target.COMPANY: "company,company name,organisation,organization,organisation name,organization name,account,"
        "account name,business,business name,firm,operator,société,nom de la société,entreprise,nom de l'entreprise,"
        "raison sociale,compagnie,exploitant,الشركة,شركة,اسم الشركة,المؤسسة,المنشأة,اسم المنشأة",
        Target.COUNTRY: "country,country code,country region,pays,code pays,الدولة,البلد,الدوله",
        Target.FLEET_SIZE: "fleet size,fleet,vehicles,number of vehicles,no of vehicles,vehicle count,cars,"
        "number of cars,taille de la flotte,taille du parc,flotte,parc,nombre de véhicules,véhicules,nb véhicules,"
        "nb de véhicules,حجم الأسطول,الأسطول,عدد المركبات,عدد السيارات",
        Target.CURRENT_SOFTWARE: "current software,software,current system,current tool,logiciel,logiciel actuel,"
        "outil actuel,solution actuelle,البرنامج الحالي,النظام الحالي",
        Target.WEBSITE: "website,web site,web,site,site web,site internet,url,homepage,domain,"
        "الموقع,الموقع الإلكتروني,موقع الويب",
        Target.TRADE_LICENCE: "trade licence,trade license,licence number,license number,licence no,license no,"
        "trade licence number,trade license number,registration number,siret,siren,numéro siret,n siret,rcs,"
        "numéro de licence,licence commerciale,الرخصة التجارية,رقم الرخصة,رقم الرخصة التجارية,السجل التجاري",
        Target.MESSAGE: "message,request,inquiry,enquiry,demande,besoin,votre message,الرسالة,رسالة,الطلب",
        Target.SOURCE: "source,lead source,origin,channel,campaign,provenance,origine,canal,source du lead,"
        "المصدر,مصدر العميل,القناة",
        Target.OWNER: "owner,lead owner,account owner,assigned to,assignee,sales rep,salesperson,account manager,"
        "responsable,commercial,propriétaire,propriétaire du lead,attribué à,assigné à,"
        "المسؤول,مندوب المبيعات,المالك,مسؤول المبيعات",
        Target.SCORE: "score,lead score,note du lead,التقييم,الدرجة",
        Target.STAGE: "stage,deal stage,lead stage,pipeline stage,status,lead status,deal status,state,"
        "étape,statut,statut du lead,état,phase,المرحلة,الحالة,حالة العميل",
        Target.TAGS: "tags,tag,labels,label,étiquettes,étiquette,mots clés,الوسوم,وسوم,تصنيف",
        Target.NEXT_ACTIVITY: "next activity,next step,next action,prochaine action,prochaine étape,prochaine activité,"
        "الخطوة التالية,النشاط التالي",
        Target.NEXT_ACTIVITY_AT: "next activity date,next activity at,next step date,next step at,due,"
        "next step on,next activity on,next action date,next call,call back,callback,call back on,call back date,"
        "callback date,call on,reminder,reminder date,remind on,follow up on,contact again on,"
        "follow up,follow up date,next contact,date de relance,relance,prochaine relance,date de la prochaine action,"
        "prochaine étape le,prochaine action le,date de la prochaine étape,date prochaine étape,date prochaine action,"
        "à rappeler le,rappeler le,rappel,rappel le,date de rappel,relance le,à relancer le,relancer le,"
        "à recontacter le,échéance,prochain rappel,prochain contact,prochain appel,"
        "تاريخ الخطوة التالية,تاريخ النشاط التالي,تذكير,تاريخ التذكير,موعد الاتصال,معاودة الاتصال,تاريخ معاودة الاتصال,"
        "تاريخ المتابعة,المتابعة,موعد المتابعة",
        Target.NOTE: "note,notes,comment,comments,remark,remarks,description,details,commentaire,commentaires,remarque,"
        "remarques,observations,ملاحظة,ملاحظات,تعليق,تعليقات,الوصف",
    }
)

_LOST = _keys(
    "lost,closed lost,deal lost,disqualified,unqualified,not qualified,not interested,rejected,refused,declined,dead,"
    "junk,bad lead,no budget,cancelled,canceled,churned,abandoned,invalid,"
    "perdu,perdue,fermé perdu,clos perdu,disqualifié,non qualifié,pas intéressé,non intéressé,refusé,refus,abandonné,"
    "annulé,sans suite,"
    "خسارة,خاسر,مغلق خاسر,مرفوض,غير مهتم,غير مؤهل,ملغي,ملغى,مفقود"
)
_FRESH = _keys(
    "new,new lead,open,fresh,uncontacted,not contacted,to contact,to call,"
    "nouveau,nouveau lead,nouvelle,ouvert,à contacter,à appeler,non contacté,"
    "prospect,جديد,جديدة,عميل جديد,عميل محتمل,مفتوح,لم يتم التواصل,للاتصال"
)
"""Nothing was done with these leads yet: in `new` they are where they were."""
_FURTHER = _keys(
    "contacted,attempted,attempted to contact,in contact,"
    "connected,working,nurturing,nurture,interested,qualified,demo,demo scheduled,demo done,meeting,meeting scheduled,"
    "proposal,proposal sent,quote sent,offer sent,negotiation,in negotiation,on hold,paused,re engagement,onboarding,"
    "validated,won,closed won,deal won,converted,customer,client,"
    "à rappeler,contacté,contactée,en contact,relancé,qualifié,démo,"
    "démo planifiée,rendez vous,proposition,proposition envoyée,devis envoyé,négociation,en négociation,en attente,"
    "en pause,en cours,gagné,gagnée,fermé gagné,clos gagné,signé,validé,converti,"
    "à relancer,qualifiée,cliente,rdv,devis,signée,convertie,"
    "تم التواصل,عميل,مؤهلة,مهتم,رابح,تم الفوز,"
    "تم الاتصال,قيد المتابعة,مؤهل,عرض مرسل,تم إرسال العرض,تفاوض,قيد التفاوض,"
    "قيد الانتظار,معلق,فوز,مغلق رابح,تم البيع,محول"
)

_COUNTRIES = {
    key: code
    for code, names in {
        "AE": "United Arab Emirates,UAE,U.A.E.,Emirates,ARE,Émirats arabes unis,EAU,Émirats,الإمارات,"
        "الإمارات العربية المتحدة,دولة الإمارات,Dubai,Abu Dhabi,Sharjah,دبي,أبوظبي,الشارقة",
        "FR": "France,FRA,République française,France métropolitaine,فرنسا",
        "SA": "Saudi Arabia,KSA,SAU,Kingdom of Saudi Arabia,Arabie saoudite,السعودية,المملكة العربية السعودية",
        "QA": "Qatar,QAT,قطر",
        "KW": "Kuwait,KWT,Koweït,الكويت",
        "BH": "Bahrain,BHR,Bahreïn,البحرين",
        "OM": "Oman,OMN,عمان,سلطنة عمان",
        "EG": "Egypt,EGY,Égypte,مصر",
        "JO": "Jordan,JOR,Jordanie,الأردن",
        "LB": "Lebanon,LBN,Liban,لبنان",
        "IQ": "Iraq,IRQ,Irak,العراق",
        "SY": "Syria,SYR,Syrie,سوريا",
        "MA": "Morocco,MAR,Maroc,المغرب",
        "DZ": "Algeria,DZA,Algérie,الجزائر",
        "TN": "Tunisia,TUN,Tunisie,تونس",
        "BE": "Belgium,BEL,Belgique,بلجيكا",
        "CH": "Switzerland,CHE,Suisse,سويسرا",
        "LU": "Luxembourg,LUX,لوكسمبورغ",
        "MC": "Monaco,MCO,موناكو",
        "GB": "United Kingdom,UK,GBR,Great Britain,England,Royaume Uni,Grande Bretagne,Angleterre,بريطانيا,"
        "المملكة المتحدة",
        "DE": "Germany,DEU,Allemagne,ألمانيا",
        "ES": "Spain,ESP,Espagne,إسبانيا",
        "IT": "Italy,ITA,Italie,إيطاليا",
        "PT": "Portugal,PRT,البرتغال",
        "NL": "Netherlands,NLD,Holland,Pays Bas,هولندا",
        "US": "United States,USA,United States of America,États Unis,الولايات المتحدة,أمريكا",
        "CA": "Canada,CAN,كندا",
        "IN": "India,IND,Inde,الهند",
        "PK": "Pakistan,PAK,باكستان",
        "TR": "Turkey,Türkiye,TUR,Turquie,تركيا",
        "SN": "Senegal,SEN,Sénégal,السنغال",
        "CI": "Ivory Coast,CIV,Côte d'Ivoire,ساحل العاج",
        "RE": "Réunion,La Réunion,REU",
        "GP": "Guadeloupe,GLP",
        "MQ": "Martinique,MTQ",
    }.items()
    for key in _keys(names)
}
