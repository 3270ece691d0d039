"""Les personnes de la démonstration. Les trois premières racontent la fiche A3 ; noms et naissances sont inventés."""

from typing import NamedTuple

from beneficiaires.models import Sexe
from config.demonstration.calendrier import Repere

F, H = Sexe.FEMME, Sexe.HOMME


class LignePersonne(NamedTuple):
    """`age` : à la date de référence. `qpv` : nom du quartier prioritaire habité, vide sinon."""

    cle: str
    prenom: str
    nom: str
    sexe: Sexe
    age: int
    niveau: int | None
    criteres: tuple[str, ...]
    metier: str
    prescripteur: str = ""
    qpv: str = ""
    commune: str = "Villerive"
    structure: str = "confluent"


_L = LignePersonne
_FT, _ML, _SJ = "france_travail", "mission_locale", "service_jeunesse"
_TERRASSES, _PORT, _BEL_AIR = "Les Terrasses", "Le Port", "Bel-Air"

PERSONNES = (
    # La fiche A3 : M. Q., Luna, Assia.
    _L("quesnel", "Marc", "Quesnel", H, 56, 5, ("SENIOR", "DELD"), "F1104", commune="Hautvallon"),
    _L("luna", "Luna", "Ferreira", F, 47, 4, ("DELD",), "M1607", _FT, commune="Montreval"),
    _L("assia", "Assia", "Benali", F, 42, 3, ("RSA", "PI", "QPV"), "C1501", _SJ, _TERRASSES),
    # En poste ou passées par un chantier.
    _L("moussa", "Moussa", "Diarra", H, 29, 3, ("DELD", "QPV"), "F1703", _FT, _TERRASSES),
    _L("yann", "Yann", "Le Goff", H, 19, 3, ("JEUNE", "GEIQ"), "F1703", _ML),
    _L("ilyes", "Ilyes", "Haddad", H, 34, 3, ("DELD", "QPV"), "F1611", _FT, _TERRASSES),
    _L("kevin", "Kévin", "Marchand", H, 23, 2, ("JEUNE", "SIAE"), "F1611", _ML),
    _L("nadia", "Nadia", "Kaci", F, 24, 3, ("JEUNE", "QPV"), "F1613", _ML, _TERRASSES),
    _L("thi_lan", "Thi Lan", "Nguyen", F, 38, 2, ("REF_DA", "SIAE"), "F1613"),
    _L("sofia", "Sofia", "Pereira", F, 51, 3, ("DELD",), "F1607", _FT),
    _L("adama", "Adama", "Sy", H, 27, 3, ("REF_DA", "RSA"), "F1602", _FT, _BEL_AIR),
    _L("fatou", "Fatou", "Camara", F, 44, 1, ("RSA", "QPV", "REGIE"), "K2204", _SJ, _TERRASSES),
    _L("joel", "Joël", "Antoine", H, 53, 2, ("RSA", "REGIE"), "A1203", _FT, _TERRASSES),
    _L("karim", "Karim", "Belkacem", H, 36, 3, ("DETLD", "QPV"), "F1702", _FT, _PORT),
    _L("mehdi", "Mehdi", "Rahmani", H, 31, 3, ("RSA",), "F1302", _FT),
    _L("sekou", "Sékou", "Traoré", H, 28, 2, ("DELD", "QPV"), "F1702", _ML, _PORT),
    _L("dragan", "Dragan", "Petrovic", H, 45, 3, ("DELD",), "F1702", _FT),
    _L("omar", "Omar", "Ziani", H, 58, 2, ("SENIOR", "RSA"), "F1704", _FT, _BEL_AIR),
    _L("stephanie", "Stéphanie", "Mercier", F, 39, 3, ("RSA", "SIAE"), "A1203", _FT),
    _L("hugo", "Hugo", "Lemoine", H, 25, 4, ("DELD",), "F1602", _ML),
    _L("bilal", "Bilal", "Cherif", H, 22, 3, ("JEUNE", "QPV"), "F1602", _ML, _BEL_AIR),
    _L("tarek", "Tarek", "Mansouri", H, 33, 3, ("RSA", "SIAE"), "F1703", _FT, _PORT),
    _L("vanessa", "Vanessa", "Dupuis", F, 30, 3, ("DETLD",), "F1613", _FT, "", "Port-Ambroise"),
    _L("laurent", "Laurent", "Bouvier", H, 49, 2, ("ASS", "SIAE"), "A1203", _FT),
    _L("amina", "Amina", "Diallo", F, 35, 1, ("REF_DA", "SIAE"), "A1203", "", _PORT),
    _L("patrice", "Patrice", "Leroux", H, 55, 2, ("SENIOR", "REGIE"), "A1203", _FT, _TERRASSES),
    _L("mariam", "Mariam", "Touré", F, 41, 1, ("RSA", "PI", "REGIE"), "K2204", _SJ, _TERRASSES),
    _L("sylvie", "Sylvie", "Chauvin", F, 57, 3, ("SENIOR", "DETLD"), "K2204", _FT, _TERRASSES),
    _L("rosa", "Rosa", "Almeida", F, 46, 2, ("RSA", "SIAE"), "K2204", _FT),
    _L("helene", "Hélène", "Perrot", F, 33, 3, ("PI", "SIAE"), "K2204", _SJ, _PORT),
    _L("wassim", "Wassim", "Gharbi", H, 26, 3, ("DELD", "QPV"), "F1611", _ML, _BEL_AIR, "Montreval"),
    _L("ali", "Ali", "Yildiz", H, 37, 2, ("RSA",), "F1701", _FT, "", "Montreval"),
    _L("jordan", "Jordan", "Picard", H, 21, 3, ("JEUNE", "CEJ"), "F1703", _ML, "", "Montreval"),
    _L("rachid", "Rachid", "Ouali", H, 40, 4, ("TH", "DELD"), "F1602", _FT),
    _L("sarah", "Sarah", "Lefort", F, 28, 3, ("DELD",), "F1606", _FT, "", "Port-Ambroise"),
    _L("goran", "Goran", "Ilic", H, 43, 2, ("RSA", "SIAE"), "F1703", _FT, "", "Port-Ambroise"),
    _L("thomas", "Thomas", "Renard", H, 20, 2, ("JEUNE", "SIAE"), "F1704", _ML, "", "Port-Ambroise"),
    _L("kadiatou", "Kadiatou", "Bah", F, 37, 1, ("RSA", "QPV", "REGIE"), "K2204", _SJ, _TERRASSES),
    _L("jean_luc", "Jean-Luc", "Fabre", H, 60, 2, ("SENIOR", "ASS", "REGIE"), "K2303", _FT, _TERRASSES),
    _L("ewa", "Ewa", "Nowak", F, 48, 3, ("DELD", "SIAE"), "K2204", _FT),
    _L("cedric", "Cédric", "Vallet", H, 32, 2, ("TH", "SIAE"), "K2303", _FT),
    # En attente d’une décision, d’une pièce ou d’une embauche.
    _L("yasmine", "Yasmine", "Boudiaf", F, 23, 4, ("JEUNE", "QPV"), "M1602", _ML, _TERRASSES),
    _L("lucas", "Lucas", "Moreau", H, 18, 2, ("JEUNE", "CEJ"), "F1602", _ML),
    _L("fatima", "Fatima", "Zerrouki", F, 50, 2, ("RSA",), "K2204", _SJ, _TERRASSES),
    _L("noah", "Noah", "Girard", H, 24, 3, ("JEUNE",), "F1606", _ML),
    _L("irina", "Irina", "Popova", F, 36, 6, ("REF_DA",), "M1602", "", _PORT),
    _L("daniel", "Daniel", "Roussel", H, 54, 3, ("SENIOR", "DETLD"), "F1703", _FT),
    _L("aurelie", "Aurélie", "Besson", F, 31, 3, ("PI",), "K2204", _SJ),
    _L("ibrahima", "Ibrahima", "Ndiaye", H, 26, 2, ("DELD", "QPV"), "F1704", _ML, _BEL_AIR),
    _L("corinne", "Corinne", "Masson", F, 52, 3, ("SENIOR",), "M1607", _FT),
    _L("samuel", "Samuel", "Faure", H, 22, 3, ("JEUNE", "TH"), "F1602", _ML),
    _L("lina", "Lina", "Hamdi", F, 29, 4, ("QPV",), "C1501", _SJ, _TERRASSES),
    _L("olivier", "Olivier", "Gaillard", H, 47, 3, ("ASS",), "F1302", _FT),
    _L("mamadou", "Mamadou", "Keita", H, 33, 1, ("REF_DA",), "F1703"),
    _L("celine", "Céline", "Rey", F, 38, 3, ("DELD",), "A1203", _FT, "", "Hautvallon"),
    _L("enzo", "Enzo", "Barbier", H, 19, 2, ("JEUNE", "CEJ"), "F1704", _ML),
    _L("djamila", "Djamila", "Aït Saïd", F, 45, 2, ("RSA", "PI"), "K2204", _SJ, _PORT),
    _L("victor", "Victor", "Collet", H, 61, 4, ("SENIOR",), "F1104", _FT),
    _L("emma", "Emma", "Lacroix", F, 20, 3, ("JEUNE",), "F1606", _ML, "", "Montreval"),
    _L("abdou", "Abdou", "Mbaye", H, 35, 2, ("RSA", "QPV"), "F1702", _FT, _BEL_AIR),
    _L("nathalie", "Nathalie", "Pons", F, 49, 3, ("DETLD",), "K2204", _FT),
    _L("florian", "Florian", "Caron", H, 27, 3, ("DETENTION_MJ",), "F1704", _ML),
    _L("teresa", "Teresa", "Lopes", F, 43, 2, ("RSA",), "K2204", _FT),
    # La seconde structure, que la première ne voit pas.
    _L("pascal", "Pascal", "Morin", H, 50, 3, ("SENIOR", "DELD"), "F1703", _FT, "", "Hautvallon", "haut_vallon"),
    _L("awa", "Awa", "Cissé", F, 25, 3, ("RSA",), "F1704", _ML, "", "Hautvallon", "haut_vallon"),
    _L("remi", "Rémi", "Guillot", H, 38, 2, ("DETLD",), "F1703", _FT, "", "Hautvallon", "haut_vallon"),
    _L("louise", "Louise", "Charpentier", F, 21, 4, ("JEUNE_CCAG",), "F1606", _ML, "", "Hautvallon", "haut_vallon"),
)

# Critères déclarés dont aucune pièce n’a été vue : la décision reste « à compléter ».
SANS_PIECE = frozenset(
    {
        ("fatima", "RSA"),
        ("aurelie", "PI"),
        ("olivier", "ASS"),
        ("celine", "DELD"),
        ("djamila", "PI"),
        ("abdou", "RSA"),
        ("nathalie", "DETLD"),
        ("teresa", "RSA"),
        ("florian", "DETENTION_MJ"),
        ("ibrahima", "QPV"),
        ("samuel", "TH"),
        ("louise", "JEUNE_CCAG"),
    }
)

# Ont quitté leur quartier depuis : le jour du déménagement et leur nouvelle commune, hors des quartiers prioritaires.
DEMENAGEMENTS: dict[str, tuple[Repere, str]] = {"ilyes": ((-3, 9), "Montreval")}
