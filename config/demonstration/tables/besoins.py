"""Les offres des entreprises et les personnes qu'on leur propose : une candidature dans chaque état, dont une laissée sans réponse."""

from typing import NamedTuple

from clauses.models import TypeContrat
from clauses.regles.candidatures import EtatCandidature, MotifRefus
from clauses.regles.offres import EtatOffre

_ENVOYEE, _RENCONTRE, _RETENUE = EtatCandidature.ENVOYEE, EtatCandidature.RENCONTRE, EtatCandidature.RETENUE
_REFUSEE, _RETIREE, _SANS_SUITE = EtatCandidature.REFUSEE, EtatCandidature.RETIREE, EtatCandidature.SANS_SUITE


class LigneCandidature(NamedTuple):
    """Jours comptés depuis la référence. `decidee` : la dernière réponse, ou le jour où la rencontre a été annoncée."""

    personne: str
    etat: EtatCandidature
    envoyee: int
    presentation: str
    decidee: int | None = None
    rencontre: int | None = None
    motif: str = ""
    messages: tuple[
        tuple[str, int, str], ...
    ] = ()  # (« prescripteur », « entreprise » ou « facilitateur », jour, texte)


class LigneBesoin(NamedTuple):
    """`engagement` : opération, lot, entreprise. `publiee`, `debut`, `fin` : jours depuis la référence."""

    cle: str
    engagement: str
    metier: str
    commune: str
    debut: int
    fin: int
    postes: int
    type_contrat: TypeContrat
    heures: int
    conditions: str
    publiee: int | None
    etat: EtatOffre = EtatOffre.PUBLIEE
    candidatures: tuple[LigneCandidature, ...] = ()


_C = LigneCandidature

BESOINS = (
    LigneBesoin(
        "maconnerie",
        "peupliers/1/bati",
        "F1703",
        "Villerive",
        14,
        120,
        2,
        TypeContrat.CDD,
        35,
        "Journée de 7 h 30 à 16 h, tram à cinq minutes. Chaussures et casque fournis ; une première expérience de chantier aide.",
        -14,
        candidatures=(
            _C(
                "enzo",
                _ENVOYEE,
                -9,
                "A fini une immersion de deux semaines sur un chantier, ponctuel, veut apprendre la maçonnerie.",
                messages=(("prescripteur", -3, "Avez-vous pu regarder cette candidature ?"),),
            ),
            _C(
                "daniel",
                _RENCONTRE,
                -6,
                "Vingt ans de maçonnerie, cherche un chantier proche de chez lui.",
                -2,
                3,
                messages=(
                    ("entreprise", -2, "Nous aimerions le voir sur le chantier."),
                    ("facilitateur", -1, "Je préviens le chef de chantier."),
                ),
            ),
            _C(
                "florian",
                _RETENUE,
                -11,
                "Sérieux, a déjà travaillé en équipe sur des chantiers de rénovation.",
                -2,
            ),
        ),
    ),
    LigneBesoin(
        "gros_oeuvre",
        "jean_mace/1/bati",
        "F1704",
        "Montreval",
        5,
        95,
        1,
        TypeContrat.CDD,
        35,
        "Permis B utile : le car passe une fois par heure.",
        -24,
        EtatOffre.POURVUE,
        (
            _C("ibrahima", _RETENUE, -18, "Manœuvre sur deux chantiers, a le permis B.", -4),
            _C("abdou", _SANS_SUITE, -12, "A l’habitude du travail dehors, disponible tout de suite.", -4),
        ),
    ),
    LigneBesoin(
        "nettoyage",
        "nettoyage/1/regie",
        "K2204",
        "Villerive",
        7,
        188,
        3,
        TypeContrat.CDDI,
        26,
        "De 6 h à 9 h puis de 17 h à 19 h, dans trois écoles desservies par le tram.",
        -5,
        candidatures=(
            _C("nathalie", _ENVOYEE, -2, "A tenu l’entretien d’une école pendant un remplacement d’un an."),
            _C("djamila", _ENVOYEE, -1, "Cherche un temps partiel du matin, connaît le quartier."),
            _C("teresa", _RETIREE, -4, "Expérience en hôtellerie, disponible dès maintenant.", -3),
        ),
    ),
    LigneBesoin(
        "peinture",
        "peupliers/2/tessier",
        "F1606",
        "Hautvallon",
        20,
        110,
        1,
        TypeContrat.CDD,
        35,
        "Atelier à Hautvallon, départ en camion à 7 h.",
        -20,
        candidatures=(
            _C(
                "noah",
                _REFUSEE,
                -18,
                "Sort d’une formation de peintre, premier emploi.",
                -15,
                motif=MotifRefus.DEPLACEMENT,
                messages=(("entreprise", -15, "Il lui faudrait deux heures de transport le matin."),),
            ),
            _C("emma", _ENVOYEE, -3, "Formée à la peinture décorative, soigneuse, habite à côté."),
        ),
    ),
    LigneBesoin(
        "espaces_verts",
        "espaces_verts/1/verdance",
        "A1203",
        "Beaucroix",
        12,
        194,
        2,
        TypeContrat.CDDI,
        26,
        "Taille et tonte ; formation au matériel la première semaine.",
        -1,
    ),
    LigneBesoin(
        "construction",
        "peupliers/1/bati",
        "F1701",
        "Villerive",
        45,
        150,
        1,
        TypeContrat.CDD,
        35,
        "",
        None,
        EtatOffre.BROUILLON,
    ),
)
# La recherche gardée par la conseillère de la mission locale.
ALERTE = ("ines", "Villerive", 20, ("F1703", "F1704"))
