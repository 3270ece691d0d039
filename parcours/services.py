"""Enregistrer un agrément : sa fin est recopiée de la règle dans la même transaction."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from beneficiaires.models import Beneficiaire
from beneficiaires.periodes import Periode
from comptes.ecriture import enregistrer
from parcours.models import Agrement, TypeAgrement
from parcours.regles import controler_numero_pass, fin_agrement, normaliser_numero_pass
from parcours.regles.agrements import controler_agrement, controler_succession

# Le champ où se lit chaque refus.
CHAMPS = {
    "numero_pass": "numero",
    "debut_implausible": "date_debut",
    "agrement_simultane": "date_debut",
    "fin_avant_debut": "fin_officielle",
    "fin_implausible": "fin_officielle",
}


@transaction.atomic
def enregistrer_agrement(*, agrement: Agrement, aujourd_hui: date) -> Agrement:
    """Crée ou corrige un agrément. Lève ValidationError, par champ, quand il ne peut pas être gardé."""
    Beneficiaire.objects.select_for_update().get(pk=agrement.beneficiaire_id)
    if agrement.type_agrement == TypeAgrement.PASS_IAE and agrement.numero:
        agrement.numero = normaliser_numero_pass(agrement.numero)
        _exiger(controler_numero_pass(agrement.numero))
        _refuser_le_pass_d_un_autre(agrement)
    _exiger(
        controler_agrement(
            agrement.type_agrement,
            debut=agrement.date_debut,
            fin_officielle=agrement.fin_officielle,
            aujourd_hui=aujourd_hui,
        )
    )
    agrement.date_fin = fin_agrement(
        agrement.type_agrement, debut=agrement.date_debut, fin_officielle=agrement.fin_officielle
    )
    autres = Agrement.objects.filter(
        beneficiaire=agrement.beneficiaire_id, type_agrement=agrement.type_agrement
    ).exclude(pk=agrement.pk)
    _exiger(
        controler_succession(
            agrement.type_agrement,
            Periode(agrement.date_debut, agrement.date_fin),
            [Periode(autre.date_debut, autre.date_fin) for autre in autres],
        )
    )
    enregistrer(agrement)
    return agrement


def _refuser_le_pass_d_un_autre(agrement: Agrement) -> None:
    """Un PASS est à une personne. Deux structures peuvent suivre la même : la recherche s'arrête à la nôtre."""
    homonymes = Agrement.objects.filter(
        type_agrement=TypeAgrement.PASS_IAE,
        numero=agrement.numero,
        beneficiaire__structure=agrement.beneficiaire.structure_id,
    )
    if homonymes.exclude(pk=agrement.pk).exists():
        raise ValidationError(
            {
                "numero": ValidationError(
                    "Ce numéro de PASS IAE est déjà enregistré dans votre structure.", code="pass_connu"
                )
            }
        )


def _exiger(refus) -> None:
    if refus is not None:
        raise ValidationError({CHAMPS[refus.code]: ValidationError(refus.phrase, code=refus.code)})
