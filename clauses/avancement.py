"""Où en sont les heures : dues, validées, attendues, rythme, par engagement, titulaire, lot, marché ou opération.

Deux requêtes quel que soit le nombre d'engagements : eux, et la somme de leurs cumuls mensuels. Les heures viennent de
`CumulMensuel`, copie tenue par les services ; l'attendu, le rythme et les ETP viennent de `clauses.regles`. « Validées » veut dire
validées **et comptées** : ce que la règle du marché écarte est dans `ecartees`. Là où un marché reporte le surplus d'un lot sur
l'autre, deux requêtes de plus lisent les autres lots.

Sous-traitance. Un sous-traitant a son propre engagement, souvent de 0 h : le marché n'engage que son donneur d'ordre, mais ses
heures comptent pour le lot. Une ligne reste celle d'un engagement ; `totaliser` additionne toutes celles qu'on lui donne, et
`par_titulaire` fond celles d'un sous-traitant dans celles de son donneur d'ordre (ou du donneur d'ordre de celui-ci).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import DecimalField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from beneficiaires.periodes import Periode, mois_entre
from clauses.models import CumulMensuel, Engagement, Lot, Marche, Operation, RegleClause, Titulaire
from clauses.rangement import rang_de_engagement
from clauses.regles.comptage import EngagementDeLot, reporter_surplus
from clauses.regles.execution import periode_execution
from clauses.regles.rythme import (
    DIVISEUR_ETP,
    SEUILS_PAR_DEFAUT,
    Rythme,
    SeuilsRythme,
    attendu_au,
    etp,
    evaluer_rythme,
)
from clauses.regles.section_comptage import ReportSurplus
from comptes.formats import part

ZERO = Decimal(0)
SOMMES = (
    "validees",
    "en_attente",
    "refusees",
    "contestees",
    "formation_validees",
    "ecartees",
    "etp",
    "en_attente_comptees",
)
ADDITIONNEES = (*(nom for nom in SOMMES if nom != "etp"), "reportees")
LUS_PAR_OPERATION = (
    "pk",
    "titulaire__lot__marche__operation",
    "titulaire__lot__marche",
    "titulaire",
    "titulaire__donneur_ordre",
    "heures_dues",
    "diviseur",
    "report",
)
DATES = ("titulaire__lot", "titulaire__lot__marche", "titulaire__lot__marche__operation")


@dataclass(frozen=True, slots=True)
class Avancement:
    """L'état des heures au soir de `a_la_date`, en heures. `attendues` : None quand une date d'exécution manque.

    Le mois de `a_la_date` compte en entier, les suivants pas du tout. `validees` : validées et comptées, `formation_validees` comprise ;
    `ecartees` : validées, que la règle ne compte pas. `en_attente_comptees` : ce que compteraient les heures à vérifier. `reportees` :
    reçues d'autres lots de la même entreprise (cédées : négatives). `contestees` : en litige, ni validées ni à vérifier.
    `manquent` : d'un total, ce qui manque à chaque titulaire, ajouté ;
    None pour un seul engagement. `validees_par_diviseur` : heures qui font des ETP, par diviseur, car chaque marché peut avoir le sien.
    """

    a_la_date: date
    dues: Decimal
    validees: Decimal
    en_attente: Decimal
    refusees: Decimal
    formation_validees: Decimal
    en_attente_nombre: int
    attendues: Decimal | None
    rythme: Rythme
    validees_par_diviseur: tuple[tuple[Decimal, Decimal], ...]
    ecartees: Decimal = ZERO
    en_attente_comptees: Decimal = ZERO
    reportees: Decimal = ZERO
    manquent: Decimal | None = None
    contestees: Decimal = ZERO

    @property
    def etp(self) -> Decimal:
        """Heures validées ÷ diviseur de leur marché, en équivalents temps plein."""
        return sum((etp(validees, diviseur) for diviseur, validees in self.validees_par_diviseur), ZERO)

    @property
    def diviseur_etp(self) -> Decimal | None:
        """Le diviseur à écrire à côté des ETP ; None quand le total mêle plusieurs diviseurs."""
        diviseurs = [diviseur for diviseur, _ in self.validees_par_diviseur]
        return diviseurs[0] if len(diviseurs) == 1 else None

    @property
    def declarees(self) -> Decimal:
        """Tout ce qui a été déclaré : validé, compté ou non, en attente, refusé et contesté."""
        return self.validees_declarees + self.en_attente + self.refusees + self.contestees

    @property
    def validees_declarees(self) -> Decimal:
        """Les heures validées telles que déclarées : « 120 h déclarées, 96 h comptées »."""
        return self.validees + self.ecartees

    @property
    def restantes(self) -> Decimal:
        """Ce qui reste à valider, reports compris ; le surplus d’un titulaire ne comble pas le manque d’un autre."""
        return max(self.dues - self.validees - self.reportees, ZERO) if self.manquent is None else self.manquent

    @property
    def manque_au_jour(self) -> Decimal:
        """Ce qui manque à l'attendu ; l'exécution finie, ce que chaque titulaire doit encore, et zéro sans attendu connu."""
        if self.attendues is None:
            return ZERO
        return self.restantes if self.attendues >= self.dues else max(self.attendues - self.validees, ZERO)

    @property
    def pourcentage(self) -> Decimal | None:
        """Heures validées en pour cent des heures dues ; None quand rien n'est dû."""
        return part(self.validees, self.dues)


@dataclass(frozen=True, slots=True)
class LigneAvancement:
    """Un engagement (avec titulaire, entreprise, lot, marché et opération déjà lus) et où il en est."""

    engagement: Engagement
    avancement: Avancement

    @property
    def titulaire(self) -> Titulaire:
        return self.engagement.titulaire

    @property
    def lot(self) -> Lot:
        return self.titulaire.lot

    @property
    def marche(self) -> Marche:
        return self.lot.marche

    @property
    def operation(self) -> Operation:
        return self.marche.operation


@dataclass(frozen=True, slots=True)
class LigneTitulaire:
    """Un titulaire, ses sous-traitants, et leurs heures ensemble."""

    titulaire: Titulaire
    sous_traitants: tuple[Titulaire, ...]
    avancement: Avancement


def avancements_des_engagements(
    engagements: QuerySet[Engagement], *, jour: date, seuils: SeuilsRythme = SEUILS_PAR_DEFAUT
) -> list[LigneAvancement]:
    """Rend une ligne par engagement, rangée par opération, marché, lot (2 avant 10), rôle et nom. Deux requêtes."""
    lus = _avec_diviseur(engagements).select_related(
        "titulaire__entreprise", "titulaire__lot__marche__operation__maitre_ouvrage", "titulaire__lot__marche__acheteur"
    )
    cumuls = _cumuls_par_engagement(engagements, jour)
    lus = list(lus)
    reports = _reports({e.titulaire.lot.marche_id for e in lus if e.report == ReportSurplus.LOTS}, jour)
    lignes = [
        LigneAvancement(
            engagement,
            _mesurer(
                dues=engagement.heures_dues,
                periode=engagement.titulaire.lot.periode,
                cumul=cumuls.get(engagement.pk, {}),
                diviseur=engagement.diviseur,
                jour=jour,
                seuils=seuils,
                reportees=reports.get(engagement.pk, ZERO),
            ),
        )
        for engagement in lus
    ]
    return sorted(lignes, key=lambda ligne: rang_de_engagement(ligne.engagement))


def avancements_par_operation(
    engagements: QuerySet[Engagement], *, jour: date, seuils: SeuilsRythme = SEUILS_PAR_DEFAUT
) -> dict[UUID, Avancement]:
    """Rend l'avancement de chaque opération qui porte un de ces engagements, sans lire le détail des lignes. Deux requêtes."""
    cumuls = _cumuls_par_engagement(engagements, jour)
    bornes = [f"{porteur}__{borne}" for porteur in DATES for borne in ("date_debut", "date_fin")]
    lus = list(_avec_diviseur(engagements).values_list(*LUS_PAR_OPERATION, *bornes))
    reports = _reports({marche for _, _, marche, _, _, _, _, report, *_ in lus if report == ReportSurplus.LOTS}, jour)
    par_operation: defaultdict[UUID, list[_Mesure]] = defaultdict(list)
    for pk, operation, _, titulaire, donneur, dues, diviseur, _, *dates in lus:
        mesure = _mesurer(
            dues=dues,
            periode=periode_execution(*zip(dates[::2], dates[1::2], strict=True)),
            cumul=cumuls.get(pk, {}),
            diviseur=diviseur,
            jour=jour,
            seuils=seuils,
            reportees=reports.get(pk, ZERO),
        )
        par_operation[operation].append((titulaire, donneur, mesure))
    return {operation: _totaliser(mesures, seuils=seuils) for operation, mesures in par_operation.items()}


def totaliser(
    lignes: Iterable[LigneAvancement], *, jour: date | None = None, seuils: SeuilsRythme = SEUILS_PAR_DEFAUT
) -> Avancement:
    """Additionne des lignes : celles d'un lot, d'un titulaire, d'un marché, d'une opération ou d'un territoire.

    L'attendu est la somme des attendus de chaque engagement, chacun avec son calendrier ; il n'est pas connu si un seul engagement
    en heures n'a pas le sien. Le rythme se lit sur ces sommes. Les ETP s'additionnent diviseur par diviseur. Ce qui reste à faire
    s'additionne titulaire par titulaire, ses sous-traitants avec lui. `jour` : la date à écrire quand il n'y a aucune ligne.
    """
    mesures = [(ligne.titulaire.pk, ligne.titulaire.donneur_ordre_id, ligne.avancement) for ligne in lignes]
    return _totaliser(mesures, jour=jour, seuils=seuils)


# Un avancement, le titulaire qu'il mesure et son donneur d'ordre.
_Mesure = tuple[UUID, UUID | None, Avancement]


def _totaliser(mesures: Sequence[_Mesure], *, jour: date | None = None, seuils: SeuilsRythme) -> Avancement:
    donneurs = {titulaire: donneur for titulaire, donneur, _ in mesures}
    groupes: defaultdict[UUID, list[Avancement]] = defaultdict(list)
    for titulaire, _, mesure in mesures:
        groupes[_chef_de_file(titulaire, donneurs)].append(mesure)
    totaux = [additionner(groupe, seuils=seuils) for groupe in groupes.values()]
    total = additionner(totaux, jour=jour, seuils=seuils)
    return replace(total, manquent=sum((groupe.restantes for groupe in totaux), ZERO))


def additionner(
    mesures: Iterable[Avancement], *, jour: date | None = None, seuils: SeuilsRythme = SEUILS_PAR_DEFAUT
) -> Avancement:
    """Additionne des avancements : des engagements qui se comptent ensemble, ou des totaux, dont les manques s'ajoutent."""
    mesures = list(mesures)
    if not mesures and jour is None:
        raise ValueError("Un total sans ligne demande sa date.")
    dues = sum((m.dues for m in mesures), ZERO)
    sommes = {nom: sum((getattr(m, nom) for m in mesures), ZERO) for nom in ADDITIONNEES}
    attendues = None
    if all(m.attendues is not None for m in mesures):
        attendues = sum((m.attendues for m in mesures), ZERO)
    par_diviseur: defaultdict[Decimal, Decimal] = defaultdict(Decimal)
    for diviseur, validees in (paire for mesure in mesures for paire in mesure.validees_par_diviseur):
        par_diviseur[diviseur] += validees
    manques = [m.manquent for m in mesures if m.manquent is not None]
    return Avancement(
        a_la_date=mesures[0].a_la_date if mesures else jour,
        dues=dues,
        **sommes,
        en_attente_nombre=sum(m.en_attente_nombre for m in mesures),
        attendues=attendues,
        rythme=_rythme(sommes, attendues, dues, seuils),
        validees_par_diviseur=tuple(sorted(par_diviseur.items())),
        manquent=sum(manques, ZERO) if manques and len(manques) == len(mesures) else None,
    )


def par_titulaire(
    lignes: Iterable[LigneAvancement], *, seuils: SeuilsRythme = SEUILS_PAR_DEFAUT
) -> list[LigneTitulaire]:
    """Regroupe les lignes par titulaire, les sous-traitants avec leur donneur d'ordre, dans l'ordre des lignes.

    Un sous-traitant dont le donneur d'ordre n'est pas dans les lignes (une entreprise ne voit que les siennes) reste seul.
    """
    lignes = list(lignes)
    titulaires = {ligne.titulaire.pk: ligne.titulaire for ligne in lignes}
    donneurs = {pk: titulaire.donneur_ordre_id for pk, titulaire in titulaires.items()}
    groupes: dict[UUID, list[LigneAvancement]] = {}
    for ligne in lignes:
        groupes.setdefault(_chef_de_file(ligne.titulaire.pk, donneurs), []).append(ligne)
    return [
        LigneTitulaire(
            titulaires[chef],
            tuple(ligne.titulaire for ligne in groupe if ligne.titulaire.pk != chef),
            totaliser(groupe, seuils=seuils),
        )
        for chef, groupe in sorted(groupes.items(), key=lambda paire: list(titulaires).index(paire[0]))
    ]


def courbe_mensuelle(engagements: QuerySet[Engagement], *, jusqu_au: date) -> list[tuple[date, Decimal, Decimal]]:
    """Rend (premier jour du mois, heures validées, heures en attente) de chaque mois, du premier qui a des heures à `jusqu_au`.

    Un mois sans heures est rendu à zéro ; la liste est vide tant que rien n'est déclaré. Une requête.
    """
    sommes = {
        mois: (validees, en_attente)
        for mois, validees, en_attente in _cumuls(engagements, jusqu_au)
        .values_list("mois")
        .annotate(validees=Sum("validees_heures"), en_attente=Sum("en_attente_heures"))
    }
    if not sommes:
        return []
    return [(mois, *sommes.get(mois, (ZERO, ZERO))) for mois in mois_entre(min(sommes), jusqu_au)]


def _chef_de_file(titulaire: UUID, donneurs: Mapping[UUID, UUID | None]) -> UUID:
    """Le donneur d'ordre de tête, parmi les titulaires connus."""
    vus = {titulaire}
    while (donneur := donneurs[titulaire]) in donneurs and donneur not in vus:
        titulaire = donneur
        vus.add(titulaire)
    return titulaire


# Lecture -------------------------------------------------------------------------------------------------------------


def _avec_diviseur(engagements: QuerySet[Engagement]) -> QuerySet[Engagement]:
    regle = RegleClause.objects.filter(marche=OuterRef("titulaire__lot__marche"), est_courante=True)
    return engagements.annotate(
        diviseur=Coalesce(
            Subquery(regle.values("diviseur_etp")[:1]), DIVISEUR_ETP, output_field=DecimalField(decimal_places=2)
        ),
        report=Subquery(regle.values("options__comptage__report")[:1]),
    )


def _reports(marches: Collection[UUID], jour: date) -> dict[UUID, Decimal]:
    """Le surplus reporté d'un lot à l'autre dans ces marchés, dont la règle le prévoit : aucune requête s'il n'y en a pas."""
    if not marches:
        return {}
    freres = Engagement.objects.filter(titulaire__lot__marche__in=marches)
    cumuls = _cumuls_par_engagement(freres, jour)
    par_entreprise: defaultdict[tuple[UUID, UUID], list[Engagement]] = defaultdict(list)
    for frere in sorted(
        freres.select_related("titulaire__lot__marche__operation", "titulaire__entreprise"), key=rang_de_engagement
    ):
        par_entreprise[frere.titulaire.lot.marche_id, frere.titulaire.entreprise_id].append(frere)
    reports: dict[UUID, Decimal] = {}
    for groupe in par_entreprise.values():
        reports |= reporter_surplus(
            [EngagementDeLot(e.pk, e.heures_dues, cumuls.get(e.pk, {}).get("validees", ZERO)) for e in groupe]
        )
    return reports


def _cumuls(engagements: QuerySet[Engagement], jour: date) -> QuerySet[CumulMensuel]:
    return CumulMensuel.objects.filter(engagement__in=engagements.order_by().values("pk"), mois__lte=jour)


def _cumuls_par_engagement(engagements: QuerySet[Engagement], jour: date) -> dict[UUID, Mapping[str, Decimal]]:
    sommes = {nom: Sum(f"{nom}_heures") for nom in SOMMES}
    lus = _cumuls(engagements, jour).values("engagement").annotate(**sommes, nombre=Sum("en_attente_nombre"))
    return {cumul["engagement"]: cumul for cumul in lus}


# Calcul --------------------------------------------------------------------------------------------------------------


def _mesurer(
    *,
    dues: Decimal,
    periode: Periode | None,
    cumul: Mapping[str, Decimal],
    diviseur: Decimal,
    jour: date,
    seuils: SeuilsRythme,
    reportees: Decimal = ZERO,
) -> Avancement:
    attendues = attendu_au(dues, periode, jour) if dues else ZERO
    sommes = {nom: cumul.get(nom, ZERO) for nom in SOMMES}
    etp_heures = sommes.pop("etp")
    sommes["reportees"] = reportees
    return Avancement(
        a_la_date=jour,
        dues=dues,
        **sommes,
        en_attente_nombre=int(cumul.get("nombre", 0)),
        attendues=attendues,
        rythme=_rythme(sommes, attendues, dues, seuils),
        validees_par_diviseur=((diviseur, etp_heures),),
    )


def _rythme(sommes: Mapping[str, Decimal], attendues: Decimal | None, dues: Decimal, seuils: SeuilsRythme) -> Rythme:
    """Le rythme se lit sur ce qui compte : comptées et reçues d'un autre lot, et ce que compteraient les heures à vérifier."""
    return evaluer_rythme(
        validees=sommes["validees"] + sommes["reportees"],
        a_verifier=sommes["en_attente_comptees"],
        attendues=attendues,
        dues=dues,
        seuils=seuils,
    )
