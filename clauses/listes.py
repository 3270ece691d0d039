"""Les lignes de la liste des opérations : l'opération, où en sont ses heures, et de quoi la trier."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from beneficiaires.ecritures import simplifier
from clauses.avancement import Avancement, avancements_par_operation, totaliser
from clauses.models import Engagement, Operation
from clauses.regles.rythme import CodeRythme
from comptes.models import Categorie, Utilisateur

# De ce qui presse à ce qui est acquis ; une date qui manque presse aussi.
ORDRE_DES_RYTHMES = (
    CodeRythme.RETARD,
    CodeRythme.A_COMPLETER,
    CodeRythme.SURVEILLER,
    CodeRythme.RYTHME,
    CodeRythme.AVANCE,
    CodeRythme.A_VENIR,
    CodeRythme.TENU,
)


@dataclass(frozen=True, slots=True)
class LigneOperation:
    operation: Operation
    avancement: Avancement

    @property
    def est_privee(self) -> bool:
        return self.operation.maitre_ouvrage.categorie == Categorie.PROMOTEUR_PRIVE

    @property
    def est_engagee(self) -> bool:
        """Dit si des heures sont dues : sans elles, ni part ni rythme ne veulent rien dire."""
        return self.avancement.dues > 0

    @property
    def rythme_ecrit(self) -> str:
        return self.avancement.rythme.libelle if self.est_engagee else ""

    @property
    def tri_nom(self) -> str:
        return simplifier(self.operation.nom)

    @property
    def tri_fin(self) -> date:
        return self.operation.date_fin or date.max

    @property
    def tri_part(self) -> Decimal:
        return Decimal(-1) if self.avancement.pourcentage is None else self.avancement.pourcentage

    @property
    def tri_attendues(self) -> Decimal:
        return Decimal(-1) if self.avancement.attendues is None else self.avancement.attendues

    @property
    def tri_rythme(self) -> tuple[int, Decimal]:
        """De la plus en retard à la plus avancée ; sans engagement, à la fin."""
        if not self.est_engagee:
            return len(ORDRE_DES_RYTHMES), Decimal(0)
        rythme = self.avancement.rythme
        return ORDRE_DES_RYTHMES.index(rythme.code), rythme.ecart_heures or Decimal(0)


def lignes_operations(
    operations: QuerySet[Operation], utilisateur: Utilisateur, *, jour: date, rythme: str = ""
) -> list[LigneOperation]:
    """Rend ces opérations et leur avancement, pour les engagements que l'utilisateur lit. Trois requêtes.

    `rythme` : ne garder que celles de ce code ; une opération sans heure due n'en a aucun.
    """
    engagements = Engagement.objects.lisibles_par(utilisateur).filter(
        titulaire__lot__marche__operation__in=operations.order_by().values("pk")
    )
    avancements = avancements_par_operation(engagements, jour=jour)
    vide = totaliser([], jour=jour)
    lignes = [
        LigneOperation(operation, avancements.get(operation.pk, vide))
        for operation in operations.select_related("maitre_ouvrage", "structure")
    ]
    if rythme:
        lignes = [ligne for ligne in lignes if ligne.est_engagee and ligne.avancement.rythme.code == rythme]
    return lignes
