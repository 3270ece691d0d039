"""Où en est chaque déclaration : ses personnes, ses relevés, son état. Quelques requêtes par mois lu, pas par déclaration."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from clauses.declarations.attendues import EMPLOYEUR, MARCHE, attendues
from clauses.models import Declaration, EtatReleve, NatureHeures, ReleveHeures
from clauses.models.heures import ETATS_EN_ATTENTE
from clauses.regles.declarations import LIBELLES_ETAT, EtatDeclaration, FaitsDeclaration, etat_declaration

ZERO = Decimal(0)
# L'état, sa teinte et son dessin à l'écran.
ASPECTS = {
    EtatDeclaration.A_FAIRE: ("neutre", "horloge"),
    EtatDeclaration.INCOMPLETE: ("attente", "horloge"),
    EtatDeclaration.EN_RETARD: ("refus", "triangle"),
    EtatDeclaration.RECUE: ("info", "info"),
    EtatDeclaration.A_CORRIGER: ("attente", "triangle"),
    EtatDeclaration.VALIDEE: ("valide", "coche"),
    EtatDeclaration.VERROUILLEE: ("neutre", "cadenas"),
}
TERMINES = (EtatDeclaration.RECUE, EtatDeclaration.VALIDEE, EtatDeclaration.VERROUILLEE)


@dataclass(frozen=True, slots=True)
class DeclarationLue:
    """Une déclaration, ce qui décide de son état, et les heures de travail et de formation déclarées."""

    declaration: Declaration
    faits: FaitsDeclaration
    etat: EtatDeclaration
    heures: Decimal

    @property
    def libelle(self) -> str:
        return LIBELLES_ETAT[self.etat]

    @property
    def teinte(self) -> str:
        return ASPECTS[self.etat][0]

    @property
    def symbole(self) -> str:
        return ASPECTS[self.etat][1]

    @property
    def est_recue(self) -> bool:
        """Rien de plus n'est attendu de l'entreprise."""
        return self.etat in TERMINES

    @property
    def est_neant(self) -> bool:
        return self.declaration.neant_le is not None and not self.heures


def lire_etats(declarations: Iterable[Declaration], aujourd_hui: date) -> list[DeclarationLue]:
    """Lit l'état de ces déclarations, dans leur ordre : une requête pour leurs heures, une ou deux par mois pour leurs personnes."""
    declarations = list(declarations)
    heures = _compter_les_heures(declarations) if declarations else {}
    par_mois: defaultdict[date, list[Declaration]] = defaultdict(list)
    for declaration in declarations:
        par_mois[declaration.mois].append(declaration)
    lues: dict[UUID, DeclarationLue] = {}
    for mois, siennes in par_mois.items():
        personnes = _compter_les_personnes(mois, siennes, aujourd_hui)
        for declaration in siennes:
            lues[declaration.pk] = _lire(declaration, personnes, heures, aujourd_hui)
    return [lues[declaration.pk] for declaration in declarations]


def _compter_les_personnes(
    mois: date, declarations: list[Declaration], aujourd_hui: date
) -> dict[tuple[UUID, UUID], tuple[int, int]]:
    """Par employeur et marché : les affectations attendues ce mois-là, et celles dont les heures sont déclarées."""
    releves = ReleveHeures.objects.filter(affectation=OuterRef("pk"), mois=mois, nature=NatureHeures.TRAVAIL)
    comptees = (
        attendues(
            mois,
            aujourd_hui,
            contrat__employeur__in={d.entreprise_id for d in declarations},
            **{f"{MARCHE}__in": {d.marche_id for d in declarations}},
        )
        .order_by()
        .values_list(EMPLOYEUR, MARCHE)
        .annotate(toutes=Count("pk"), declarees=Count("pk", filter=Exists(releves)))
    )
    return {(employeur, marche): (toutes, declarees) for employeur, marche, toutes, declarees in comptees}


def _compter_les_heures(
    declarations: list[Declaration],
) -> dict[tuple[date, UUID, UUID], tuple[int, int, int, Decimal]]:
    """Par mois, employeur et marché : les lignes en attente, refusées, validées, et la somme de leurs heures."""
    comptees = (
        ReleveHeures.objects.filter(
            mois__in={d.mois for d in declarations},
            **{
                f"affectation__{EMPLOYEUR}__in": {d.entreprise_id for d in declarations},
                f"affectation__{MARCHE}__in": {d.marche_id for d in declarations},
            },
        )
        .order_by()
        .values_list("mois", f"affectation__{EMPLOYEUR}", f"affectation__{MARCHE}")
        .annotate(
            # Contestées, elles attendent aussi : la fin du litige.
            en_attente=Count("pk", filter=Q(etat__in=(*ETATS_EN_ATTENTE, EtatReleve.CONTESTE))),
            refusees=Count("pk", filter=Q(etat=EtatReleve.REFUSE)),
            validees=Count("pk", filter=Q(etat=EtatReleve.VALIDE)),
            somme=Coalesce(Sum("heures"), ZERO),
        )
    )
    return {(mois, employeur, marche): tuple(comptes) for mois, employeur, marche, *comptes in comptees}


def _lire(
    declaration: Declaration,
    personnes: Mapping[tuple[UUID, UUID], tuple[int, int]],
    heures: Mapping[tuple[date, UUID, UUID], tuple[int, int, int, Decimal]],
    aujourd_hui: date,
) -> DeclarationLue:
    cle = declaration.entreprise_id, declaration.marche_id
    toutes, declarees = personnes.get(cle, (0, 0))
    en_attente, refusees, validees, somme = heures.get((declaration.mois, *cle), (0, 0, 0, ZERO))
    faits = FaitsDeclaration(
        echeance=declaration.echeance,
        est_recue=declaration.recue_le is not None,
        est_verrouillee=declaration.verrouillee_le is not None,
        est_a_reprendre=declaration.est_a_reprendre,
        personnes=toutes,
        declarees=declarees,
        en_attente=en_attente,
        refusees=refusees,
        validees=validees,
    )
    return DeclarationLue(declaration, faits, etat_declaration(faits, aujourd_hui), somme)
