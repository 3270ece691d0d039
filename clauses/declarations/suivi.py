"""Ce que le facilitateur suit d'un mois : chaque déclaration, son état, les courriels partis. Requêtes en nombre constant."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q

from beneficiaires.periodes import ajouter_mois, premier_du_mois
from clauses.declarations.etats import DeclarationLue, lire_etats
from clauses.models import Declaration, EnvoiDeclaration, EtapeEnvoi
from clauses.regles.declarations import EtatDeclaration
from comptes.models import Utilisateur

# Ce qui demande un geste d'abord.
ORDRE = (
    EtatDeclaration.EN_RETARD,
    EtatDeclaration.A_CORRIGER,
    EtatDeclaration.RECUE,
    EtatDeclaration.INCOMPLETE,
    EtatDeclaration.A_FAIRE,
    EtatDeclaration.VALIDEE,
    EtatDeclaration.VERROUILLEE,
)


@dataclass(frozen=True, slots=True)
class LigneSuivi:
    """Une déclaration ; `relances` : dates de relance passées, `dernier` : le dernier courriel parti, `revenus` : ceux qui sont revenus."""

    lue: DeclarationLue
    relances: int = 0
    dernier: date | None = None
    revenus: int = 0

    @property
    def rang(self) -> int:
        return ORDRE.index(self.lue.etat)


def suivre(utilisateur: Utilisateur, mois: date, aujourd_hui: date) -> list[LigneSuivi]:
    """Les déclarations d'un mois que voit ce facilitateur."""
    visibles = Declaration.objects.pour(utilisateur).filter(mois=mois).select_related("entreprise", "marche__operation")
    lues = lire_etats(visibles, aujourd_hui)
    envois = _compter_les_envois(utilisateur, mois)
    return [LigneSuivi(lu, **envois.get(lu.declaration.entreprise_id, {})) for lu in lues]


def _compter_les_envois(utilisateur: Utilisateur, mois: date) -> dict[object, dict[str, object]]:
    partis = EnvoiDeclaration.objects.filter(
        structure=utilisateur.organisation, mois=mois, envoye_le__isnull=False
    ).order_by()
    return {
        compte.pop("entreprise"): compte
        for compte in partis.values("entreprise").annotate(
            relances=Count("numero", distinct=True, filter=Q(etape=EtapeEnvoi.RELANCE)),
            dernier=Max("prevu_le"),
            revenus=Count("pk", filter=Q(revenu_le__isnull=False)),
        )
    }


def filtrer(lignes: Iterable[LigneSuivi], *, etat: str, entreprise: str) -> list[LigneSuivi]:
    cherche = entreprise.strip().casefold()
    return [
        ligne
        for ligne in lignes
        if etat in ("", ligne.lue.etat) and cherche in ligne.lue.declaration.entreprise.nom.casefold()
    ]


MOIS_MONTRES = 3


@dataclass(frozen=True, slots=True)
class MoisSuivi:
    """Un mois que l'entreprise déclare d'un coup à une structure : ses marchés, chacun avec son état."""

    lues: tuple[DeclarationLue, ...]

    @property
    def declaration(self) -> Declaration:
        return self.lues[0].declaration

    @property
    def echeance(self) -> date:
        return min(lu.declaration.echeance for lu in self.lues)

    @property
    def est_recu(self) -> bool:
        return all(lu.est_recue for lu in self.lues)

    @property
    def geste(self) -> str:
        """Ce que l'entreprise a à faire d'un mois qui n'est pas reçu."""
        return "Corriger" if any(lu.etat == EtatDeclaration.A_CORRIGER for lu in self.lues) else "Déclarer"


def mois_de_l_entreprise(utilisateur: Utilisateur, aujourd_hui: date) -> list[MoisSuivi]:
    """Ce que l'entreprise a à déclarer ou a déclaré ces trois derniers mois, du plus récent au plus ancien."""
    depuis = ajouter_mois(premier_du_mois(aujourd_hui), -MOIS_MONTRES)
    siennes = (
        Declaration.objects.pour(utilisateur)
        .filter(mois__gte=depuis)
        .select_related("entreprise", "marche__operation__structure")
        .order_by("-mois", "marche__operation__structure__nom", "marche__operation__nom", "pk")
    )
    groupes: dict[tuple[date, object], list[DeclarationLue]] = {}
    for lu in lire_etats(siennes, aujourd_hui):
        cle = lu.declaration.mois, lu.declaration.marche.operation.structure_id
        groupes.setdefault(cle, []).append(lu)
    return [MoisSuivi(tuple(lues)) for lues in groupes.values()]
