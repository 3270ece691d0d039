"""Prévoir les suivis d'une sortie, noter une réponse, changer le réglage d'une structure. Les jours sont recopiés de la règle."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from comptes.ecriture import enregistrer, exiger
from comptes.models import Organisation, Utilisateur
from comptes.regles import Refus
from parcours.models import ReglageSuivi, Sortie, Suivi
from parcours.regles import NatureSortie, RegleSuivi, ReponseSuivi
from parcours.regles import Suivi as SuiviAttendu
from parcours.regles.apres_sortie import controler_reponse_suivi, suivis_attendus

CHAMPS = {
    "suivi_sans_reponse": "reponse",
    "suivi_sans_jour": "fait_le",
    "suivi_futur": "fait_le",
    "suivi_avant_sortie": "fait_le",
}


def regle_de(structure: Organisation) -> RegleSuivi:
    """Le réglage de la structure, ou celui par défaut."""
    return (ReglageSuivi.objects.filter(structure=structure).first() or ReglageSuivi()).regle


def attendus(sortie: Sortie, regle: RegleSuivi) -> tuple[SuiviAttendu, ...] | Refus:
    """Les suivis que la règle donne à cette sortie."""
    return suivis_attendus(
        NatureSortie(sortie.nature), sortie=sortie.date_sortie, embauche=sortie.date_debut, regle=regle
    )


def prevoir_suivis(*, sortie: Sortie) -> None:
    """Recopie les suivis de la règle : ceux qui manquent s'ajoutent, tous prennent leur jour, les autres sans réponse partent."""
    _ecrire([sortie], regle_de(sortie.parcours.beneficiaire.structure))


def _ecrire(sorties: Iterable[Sortie], regle: RegleSuivi, pas_avant: date | None = None) -> None:
    """`pas_avant` : un jalon ajouté dont le jour est déjà passé ce jour-là n'est pas réclamé."""
    ajoutes, dates, partis = [], [], []
    for sortie in sorties:
        trouves = attendus(sortie, regle)
        voulus = {} if isinstance(trouves, Refus) else {suivi.mois: suivi.jour for suivi in trouves}
        for suivi in sortie.suivis.all():
            jour = voulus.pop(suivi.jalon_mois, None)
            if jour is None:
                partis += [] if suivi.reponse else [suivi.pk]
            elif jour != suivi.date_prevue:
                suivi.date_prevue = jour
                dates.append(suivi)
        ajoutes += [
            Suivi(sortie=sortie, jalon_mois=mois, date_prevue=jour)
            for mois, jour in voulus.items()
            if pas_avant is None or jour >= pas_avant
        ]
    Suivi.objects.filter(pk__in=partis).delete()
    Suivi.objects.bulk_update(dates, ["date_prevue"], batch_size=500)
    Suivi.objects.bulk_create(ajoutes, batch_size=500)


@transaction.atomic
def repondre_suivi(*, suivi: Suivi, auteur: Utilisateur, aujourd_hui: date) -> Suivi:
    """Garde ce que l'on a appris, ou « non joint » ; une réponse se corrige, le journal des changements garde l'ancienne."""
    suivi.auteur = auteur
    exiger(
        controler_reponse_suivi(
            ReponseSuivi(suivi.reponse) if suivi.reponse else None,
            fait_le=suivi.fait_le,
            sortie=suivi.sortie.date_sortie,
            aujourd_hui=aujourd_hui,
        ),
        champs=CHAMPS,
    )
    enregistrer(suivi)
    return suivi


@transaction.atomic
def changer_reglage(*, reglage: ReglageSuivi, aujourd_hui: date) -> None:
    """Garde le réglage et le donne à toutes les sorties de la structure : jours recopiés, jalons à venir ajoutés, réponses gardées."""
    Organisation.objects.select_for_update(no_key=True).get(pk=reglage.structure_id)
    enregistrer(reglage)
    sorties = Sortie.objects.filter(parcours__beneficiaire__structure=reglage.structure_id).prefetch_related("suivis")
    _ecrire(sorties, reglage.regle, pas_avant=aujourd_hui)
