"""Noter la sortie d'un parcours, la corriger, l'annuler. Sa classe est recopiée de la règle dans la même transaction."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from django.db import transaction
from django.db.models import Min

from beneficiaires.periodes import Periode
from beneficiaires.regles import age_au
from comptes.ecriture import enregistrer, exiger
from comptes.models import Utilisateur
from comptes.regles import Refus
from parcours.models import IssueEtape, MissionSortie, Parcours, PassagePhase, Phase, Sortie
from parcours.regles import ClasseSortie, FaitsSortie, Mission, NatureSortie, classer_sortie
from parcours.regles import Sortie as SortieClassee
from parcours.regles.apres_sortie import peut_encore_changer, regle_sortie_de
from parcours.regles.chemin import EtapeDite, controler_date_sortie, controler_reouverture
from parcours.services.suivis import prevoir_suivis
from parcours.services.verrou import verrouiller

CHAMPS = dict.fromkeys(
    (
        "sortie_future",
        "sortie_avant_entree",
        "sortie_avant_contrat",
        "sortie_avant_phase",
        "sortie_etape",
        "sortie_apres_retour",
    ),
    "date_sortie",
)


def faits_sortie(sortie: Sortie, missions: Sequence[Mission], jour: date) -> FaitsSortie:
    """Réunit ce que la règle lit d'une sortie ; l'âge est celui de ce jour-là."""
    return FaitsSortie(
        nature=NatureSortie(sortie.nature),
        debut=sortie.date_debut,
        fin_prevue=sortie.date_fin,
        fin_reelle=sortie.date_rupture,
        quotite=Fraction(sortie.quotite_pourcent, 100),
        est_temps_choisi=sortie.est_temps_choisi,
        est_atteste=sortie.est_atteste,
        missions=tuple(missions),
        plusieurs_employeurs_choisis=sortie.plusieurs_employeurs_choisis,
        certification_le=sortie.certification_le,
        age=age_au(sortie.parcours.beneficiaire.date_naissance, jour),
    )


def missions_dites(sortie: Sortie) -> list[Mission]:
    """Les missions gardées, telles que la règle les lit."""
    return [Mission(Periode(m.date_debut, m.date_fin), m.employeur) for m in sortie.missions.all()]


def classer(sortie: Sortie, missions: Sequence[Mission], jour: date) -> SortieClassee:
    """La classe de la sortie ce jour-là et ses raisons, par la lecture de son dispositif."""
    return classer_sortie(
        faits_sortie(sortie, missions, jour), jour=jour, regle=regle_sortie_de(sortie.parcours.dispositif)
    )


def jour_de_classement(sortie: Sortie, aujourd_hui: date) -> date:
    """Le jour où se lit la sortie : aujourd'hui si le temps peut encore la changer, sinon celui où elle a été classée."""
    murit = peut_encore_changer(NatureSortie(sortie.nature), ClasseSortie(sortie.classe))
    return aujourd_hui if murit else sortie.classee_au


@transaction.atomic
def enregistrer_sortie(
    *, sortie: Sortie, missions: Sequence[MissionSortie], auteur: Utilisateur, aujourd_hui: date
) -> Sortie:
    """Note ou corrige la sortie : le parcours se clôt ce jour-là, ses phases finissent, ses suivis se prévoient."""
    parcours = verrouiller(sortie.parcours)
    sortie.parcours = parcours
    exiger(_controler_la_date(sortie.date_sortie, parcours, aujourd_hui), champs=CHAMPS)
    ancienne = parcours.date_fin
    sortie.auteur = auteur
    dites = [Mission(Periode(m.date_debut, m.date_fin), m.employeur) for m in missions]
    sortie.classe, sortie.classee_au = classer(sortie, dites, aujourd_hui).classe.value, aujourd_hui
    enregistrer(sortie)
    sortie.missions.all().delete()
    for mission in missions:
        mission.pk, mission.sortie = None, sortie
        enregistrer(mission)
    parcours.date_fin = sortie.date_sortie
    enregistrer(parcours)
    _finir_les_phases(parcours, ancienne, auteur)
    prevoir_suivis(sortie=sortie)
    return sortie


def _controler_la_date(jour: date, parcours: Parcours, aujourd_hui: date) -> Refus | None:
    """Les embauches d'un parcours clos sont celles d'avant sa sortie : la suite de sa vie ne le concerne plus."""
    contrats = parcours.beneficiaire.contrats.filter(date_debut__gte=parcours.date_debut)
    passages = parcours.passages.all()
    if parcours.date_fin:
        contrats = contrats.filter(date_debut__lte=parcours.date_fin)
        passages = passages.exclude(phase=Phase.SORTIE, date_debut=parcours.date_fin)
    etapes = parcours.etapes.exclude(issue__in=[IssueEtape.SAUTEE, IssueEtape.INTERROMPUE])
    suivants = Parcours.objects.filter(beneficiaire=parcours.beneficiaire_id, date_debut__gt=parcours.date_debut)
    return controler_date_sortie(
        jour,
        entree=parcours.date_debut,
        debuts_contrats=list(contrats.values_list("date_debut", flat=True)),
        debuts_phases=list(passages.values_list("date_debut", flat=True)),
        etapes=[
            EtapeDite(etape.get_type_etape_display(), etape.type_etape, etape.periode)
            for etape in etapes.select_related("contrat")
        ],
        aujourd_hui=aujourd_hui,
        entree_suivante=suivants.aggregate(premier=Min("date_debut"))["premier"],
    )


def _finir_les_phases(parcours: Parcours, ancienne: date | None, auteur: Utilisateur) -> None:
    """Les phases ouvertes finissent avec le parcours ; celles que la sortie avait finies suivent sa date corrigée."""
    fin = parcours.date_fin
    for passage in parcours.passages.all():
        if passage.date_fin is None or passage.date_fin == ancienne or passage.date_fin > fin:
            passage.date_fin, passage.date_debut = fin, min(passage.date_debut, fin)
            enregistrer(passage)
    if not parcours.passages.filter(phase=Phase.SORTIE).exists():
        enregistrer(PassagePhase(parcours=parcours, phase=Phase.SORTIE, date_debut=fin, date_fin=fin, auteur=auteur))


@transaction.atomic
def annuler_sortie(*, sortie: Sortie, phase: str, motif: str, auteur: Utilisateur, aujourd_hui: date) -> Parcours:
    """Rouvre le parcours : la sortie et ses suivis sont retirés, une phase se rouvre. Le journal des changements les garde."""
    parcours = verrouiller(sortie.parcours)
    suivants = Parcours.objects.filter(beneficiaire=parcours.beneficiaire_id, date_debut__gt=parcours.date_debut)
    exiger(controler_reouverture(debuts_suivants=list(suivants.values_list("date_debut", flat=True))))
    sortie.delete()
    parcours.date_fin = None
    enregistrer(parcours)
    enregistrer(
        PassagePhase(parcours=parcours, phase=phase, date_debut=aujourd_hui, motif=motif.strip(), auteur=auteur)
    )
    return parcours


@transaction.atomic
def reclasser(*, sortie: Sortie, jour: date) -> bool:
    """Recopie la classe que donne la règle ce jour-là. Dit si elle a changé."""
    classe = classer(sortie, missions_dites(sortie), jour).classe.value
    if classe == sortie.classe and jour == sortie.classee_au:
        return False
    change = classe != sortie.classe
    sortie.classe, sortie.classee_au = classe, jour
    enregistrer(sortie)
    return change


def reclasser_ce_qui_murit(*, jour: date) -> int:
    """Relit chaque nuit les sorties que le temps peut changer ; rend le nombre de celles qui changent de classe. Se rejoue sans effet."""
    candidates = (
        Sortie.objects.filter(classe__in=[ClasseSortie.A_CONFIRMER.value, ClasseSortie.TRANSITION.value])
        .select_related("parcours__beneficiaire")
        .prefetch_related("missions")
    )
    changees = []
    for sortie in candidates.iterator(chunk_size=1000):
        if not peut_encore_changer(NatureSortie(sortie.nature), ClasseSortie(sortie.classe)):
            continue
        classe = classer(sortie, missions_dites(sortie), jour).classe.value
        if classe != sortie.classe:
            sortie.classe, sortie.classee_au = classe, jour
            changees.append(sortie)
    Sortie.objects.bulk_update(changees, ["classe", "classee_au"], batch_size=500)
    return len(changees)
