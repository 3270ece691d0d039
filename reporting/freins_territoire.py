"""Les freins du territoire, pour la GPEC : lesquels, combien de personnes, où ils en sont, en combien de jours ils se lèvent.

Une personne compte une fois par frein, avec son parcours le plus récent. Ce qui part chez un partenaire passe par
`masquer_le_tableau` : un compte de moins de cinq personnes s'y tait, et de quoi le retrouver aussi.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.utils.safestring import SafeString

from beneficiaires.referentiels import FREINS
from clauses.regles.masque import LIBELLE_MASQUE, SEUIL_MASQUE, Somme, masquer_petits_comptes
from comptes.formats import quantite
from parcours.models import EtatFrein, Frein
from reporting.graphiques import BarreEmpilee, barres_empilees

ABORDES = (EtatFrein.REPERE, EtatFrein.EN_COURS, EtatFrein.LEVE)
UN_JOUR = timedelta(days=1)


class Mediane(Aggregate):
    """La médiane de PostgreSQL ; une valeur absente ne compte pas."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class LigneFrein:
    """Un frein du territoire. None : masqué. `mediane` : jours du repérage à la levée, pour ceux qui sont levés."""

    rubrique: str
    personnes: int | None
    reperes: int | None
    en_cours: int | None
    leves: int | None
    mediane: Decimal | None

    @property
    def libelle(self) -> str:
        return FREINS[self.rubrique].libelle


@dataclass(frozen=True)
class TableauFreins:
    """Les neuf freins, le plus fréquent d'abord. `personnes` : combien en ont au moins un."""

    lignes: tuple[LigneFrein, ...]
    personnes: int | None


def freins_du_territoire(freins: QuerySet[Frein]) -> TableauFreins:
    """Compte ces freins, en deux requêtes quel que soit leur nombre."""
    duree = ExpressionWrapper(F("leve_le") - F("repere_le"), output_field=DurationField())
    comptes = (
        freins_comptes(freins)
        .order_by()
        .values_list("rubrique")
        .annotate(
            personnes=Count("pk"),
            reperes=Count("pk", filter=Q(etat=EtatFrein.REPERE)),
            en_cours=Count("pk", filter=Q(etat=EtatFrein.EN_COURS)),
            leves=Count("pk", filter=Q(etat=EtatFrein.LEVE)),
            mediane=Mediane(duree),
        )
    )
    lus = {rubrique: nombres for rubrique, *nombres in comptes}
    lignes = [LigneFrein(rubrique, *_nombres(lus.get(rubrique))) for rubrique in FREINS]
    abordes = freins.filter(etat__in=ABORDES).order_by()
    personnes = abordes.aggregate(personnes=Count("parcours__beneficiaire", distinct=True))["personnes"]
    return TableauFreins(tuple(sorted(lignes, key=lambda ligne: -ligne.personnes)), personnes)


def freins_comptes(freins: QuerySet[Frein]) -> QuerySet[Frein]:
    """Ceux que comptent les chiffres : repérés, en cours ou levés, un par personne et par rubrique, du parcours le plus récent."""
    derniers = (
        freins.filter(etat__in=ABORDES)
        .order_by("parcours__beneficiaire_id", "rubrique", "-parcours__date_debut", "-parcours__cree_le", "parcours_id")
        .distinct("parcours__beneficiaire_id", "rubrique")
    )
    return Frein.objects.filter(pk__in=derniers.values("pk"))


def _nombres(lus: list | None) -> tuple:
    if lus is None:
        return 0, 0, 0, 0, None
    *comptes, mediane = lus
    return (*comptes, None if mediane is None else Decimal(mediane / UN_JOUR))


def masquer_le_tableau(tableau: TableauFreins) -> TableauFreins:
    """Le même tableau, prêt à partir : moins de cinq personnes se tait, la médiane de moins de cinq freins levés aussi.

    Une personne peut avoir plusieurs freins : chaque frein est protégé avec son complément (« 12 personnes sur 14 » en dit deux).
    """
    comptes: dict[tuple[str, str], int] = {("", "personnes"): tableau.personnes}
    sommes = []
    for ligne in tableau.lignes:
        etats = {"reperes": ligne.reperes, "en_cours": ligne.en_cours, "leves": ligne.leves}
        comptes |= {(ligne.rubrique, nom): nombre for nom, nombre in etats.items()}
        comptes[ligne.rubrique, "personnes"] = ligne.personnes
        comptes[ligne.rubrique, "sans"] = tableau.personnes - ligne.personnes
        sommes.append(Somme((ligne.rubrique, "personnes"), tuple((ligne.rubrique, nom) for nom in etats)))
        sommes.append(Somme(("", "personnes"), ((ligne.rubrique, "personnes"), (ligne.rubrique, "sans"))))
    publies = masquer_petits_comptes(comptes, sommes)
    lignes = tuple(
        replace(
            ligne,
            personnes=publies[ligne.rubrique, "personnes"],
            reperes=publies[ligne.rubrique, "reperes"],
            en_cours=publies[ligne.rubrique, "en_cours"],
            leves=publies[ligne.rubrique, "leves"],
            mediane=ligne.mediane if (publies[ligne.rubrique, "leves"] or 0) >= SEUIL_MASQUE else None,
        )
        for ligne in tableau.lignes
    )
    return TableauFreins(lignes, publies["", "personnes"])


def lignes_d_export(tableau: TableauFreins) -> list[list[object]]:
    """Les lignes du fichier remis à un partenaire, la première portant les titres."""

    def dire(nombre: int | None) -> object:
        return LIBELLE_MASQUE if nombre is None else nombre

    titres = ["Frein", "Personnes", "Repéré", "En cours de levée", "Levé", "Jours pour le lever (médiane)"]
    lignes = [
        [ligne.libelle, *map(dire, (ligne.personnes, ligne.reperes, ligne.en_cours, ligne.leves)), _jours(ligne)]
        for ligne in tableau.lignes
    ]
    return [titres, *lignes, ["Personnes ayant au moins un frein", dire(tableau.personnes)]]


def _jours(ligne: LigneFrein) -> Decimal | None:
    return None if ligne.mediane is None else round(ligne.mediane, 1)


def graphique(lignes: Sequence[LigneFrein], *, etroit: bool = False) -> SafeString | None:
    """Une barre par frein, en trois parts ; rien tant que personne n'a de frein."""
    presentes = [ligne for ligne in lignes if ligne.personnes]
    if not presentes:
        return None
    barres = [
        BarreEmpilee(ligne.libelle, (ligne.leves, ligne.en_cours, ligne.reperes), f"{ligne.personnes}")
        for ligne in presentes
    ]
    premier = presentes[0]
    conclusion = f"{premier.libelle} est le frein le plus fréquent\u00a0: {quantite(premier.personnes, 'personne')}."
    return barres_empilees(barres, conclusion, etroit=etroit)
