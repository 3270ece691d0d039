"""Les parcours, leurs phases et étapes, les sorties classées par la règle et leurs suivis."""

from django.db.models import DateTimeField, F, OuterRef, Subquery
from django.db.models.functions import Cast

from beneficiaires.periodes import Periode, decaler
from clauses.models import Contrat
from config.demonstration.atelier import Atelier
from config.demonstration.tables.parcours import PARCOURS, LigneParcours
from parcours.models import Etape, MissionSortie, Parcours, PassagePhase, Sortie, Suivi, TypeEtape
from parcours.regles import Mission
from parcours.services.sorties import classer
from parcours.services.suivis import attendus, regle_de


def construire_parcours(atelier: Atelier) -> None:
    """Écrit tout en bloc ; la classe et les suivis viennent des mêmes fonctions que les services."""
    ouverts = [_parcours(atelier, rang, ligne) for rang, ligne in enumerate(PARCOURS)]
    Parcours.objects.bulk_create(ouverts)
    lies = list(zip(PARCOURS, ouverts, strict=True))
    PassagePhase.objects.bulk_create(passage for ligne, p in lies for passage in _passages(atelier, ligne, p))
    Etape.objects.bulk_create(etape for ligne, p in lies for etape in _etapes(atelier, ligne, p))
    _construire_les_sorties(atelier, [(ligne, p) for ligne, p in lies if ligne.sortie])


def _parcours(atelier: Atelier, rang: int, ligne: LigneParcours) -> Parcours:
    personne = atelier.personnes[ligne.personne]
    return Parcours(
        id=atelier.id("parcours", ligne.personne, rang),
        beneficiaire=personne,
        dispositif=ligne.dispositif,
        referent=personne.referent,
        prescripteur=personne.prescripteur,
        date_debut=atelier.calendrier.jour(ligne.entree),
        date_fin=atelier.calendrier.jour(ligne.sortie.jour) if ligne.sortie else None,
    )


def _passages(atelier: Atelier, ligne: LigneParcours, parcours: Parcours) -> list[PassagePhase]:
    return [
        PassagePhase(
            id=atelier.id("passage", parcours.pk, rang),
            parcours=parcours,
            phase=p.phase,
            date_debut=atelier.calendrier.jour(p.debut),
            date_fin=atelier.calendrier.jour_ou_rien(p.fin),
            est_sautee=p.est_sautee,
            motif=p.motif,
            auteur=parcours.referent,
        )
        for rang, p in enumerate(ligne.phases)
    ]


def _etapes(atelier: Atelier, ligne: LigneParcours, parcours: Parcours) -> list[Etape]:
    """Ses étapes écrites, et une par contrat de clause commencé pendant le parcours."""
    ecrites = [
        Etape(
            id=atelier.id("etape", parcours.pk, rang),
            parcours=parcours,
            type_etape=e.type_etape,
            intitule=e.intitule,
            structure=e.structure,
            date_debut=atelier.calendrier.jour(e.debut),
            date_fin=atelier.calendrier.jour_ou_rien(e.fin),
            issue=e.issue,
            motif=e.motif,
        )
        for rang, e in enumerate(ligne.etapes)
    ]
    contrats = Contrat.objects.filter(beneficiaire=parcours.beneficiaire, date_debut__gte=parcours.date_debut)
    if parcours.date_fin:
        contrats = contrats.filter(date_debut__lte=parcours.date_fin)
    return ecrites + [
        Etape(
            id=atelier.id("etape", parcours.pk, contrat.pk),
            parcours=parcours,
            type_etape=TypeEtape.CONTRAT_CLAUSE,
            contrat=contrat,
        )
        for contrat in contrats
    ]


def _construire_les_sorties(atelier: Atelier, lies: list[tuple[LigneParcours, Parcours]]) -> None:
    sorties, missions, suivis = [], [], []
    for ligne, parcours in lies:
        sortie, siennes = _sortie(atelier, ligne, parcours)
        sorties.append(sortie)
        missions += siennes
        suivis += _suivis(atelier, ligne, sortie)
    Sortie.objects.bulk_create(sorties)
    MissionSortie.objects.bulk_create(missions)
    Suivi.objects.bulk_create(suivis)


def _sortie(atelier: Atelier, ligne: LigneParcours, parcours: Parcours) -> tuple[Sortie, list[MissionSortie]]:
    jour, dite = atelier.calendrier.jour, ligne.sortie
    sortie = Sortie(
        id=atelier.id("sortie", parcours.pk),
        parcours=parcours,
        nature=dite.nature,
        date_sortie=jour(dite.jour),
        employeur=dite.employeur,
        date_debut=atelier.calendrier.jour_ou_rien(dite.debut),
        date_fin=atelier.calendrier.jour_ou_rien(dite.fin),
        est_atteste=dite.est_atteste,
        auteur=parcours.referent,
    )
    missions = [
        MissionSortie(sortie=sortie, employeur=employeur, date_debut=jour(du), date_fin=jour(au))
        for employeur, du, au in dite.missions
    ]
    if missions:
        sortie.date_debut = min(mission.date_debut for mission in missions)
    dites = [Mission(Periode(m.date_debut, m.date_fin), m.employeur) for m in missions]
    sortie.classe, sortie.classee_au = classer(sortie, dites, atelier.reference).classe.value, atelier.reference
    return sortie, missions


def _suivis(atelier: Atelier, ligne: LigneParcours, sortie: Sortie) -> list[Suivi]:
    suivis = []
    for attendu in attendus(sortie, regle_de(sortie.parcours.beneficiaire.structure)):
        reponse, retard = ligne.sortie.reponses.get(attendu.mois, ("", 0))
        suivis.append(
            Suivi(
                id=atelier.id("suivi", sortie.pk, attendu.mois),
                sortie=sortie,
                jalon_mois=attendu.mois,
                date_prevue=attendu.jour,
                reponse=reponse,
                fait_le=min(decaler(attendu.jour, retard), atelier.reference) if reponse else None,
                auteur=sortie.auteur if reponse else None,
            )
        )
    return suivis


def dater_les_parcours() -> None:
    """Chaque ligne a été saisie le jour qu'elle raconte."""
    for modele, champ in ((Parcours, "date_debut"), (PassagePhase, "date_debut"), (Sortie, "date_sortie")):
        modele.objects.update(cree_le=Cast(F(champ), DateTimeField()))
    entree = Parcours.objects.filter(pk=OuterRef("parcours")).values("cree_le")
    Etape.objects.update(cree_le=Subquery(entree))
