"""Enregistrer un agrément : sa fin est recopiée de la règle dans la même transaction."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from beneficiaires.models import Beneficiaire
from comptes.ecriture import enregistrer, exiger
from comptes.formats import enumeration, quantite
from parcours.models import Agrement, TypeAgrement
from parcours.regles import controler_agrement, controler_carence_levee, controler_numero_pass, normaliser_numero_pass
from parcours.services.faits import exiger_des_suspensions_tenues, exiger_la_succession, faits_agrement

# Le champ où se lit chaque refus.
CHAMPS = {
    "numero_pass": "numero",
    "debut_implausible": "date_debut",
    "agrement_simultane": "date_debut",
    "suspension_hors_pass": "date_debut",
    "carence": "prescripteur_habilite",
    "fin_avant_debut": "fin_officielle",
    "fin_implausible": "fin_officielle",
}


@transaction.atomic
def enregistrer_agrement(*, agrement: Agrement, aujourd_hui: date) -> Agrement:
    """Crée ou corrige un agrément. Lève ValidationError, par champ, quand il ne peut pas être gardé."""
    Beneficiaire.objects.select_for_update().get(pk=agrement.beneficiaire_id)
    if agrement.type_agrement == TypeAgrement.PASS_IAE:
        agrement.plie = None
        _preparer_le_pass(agrement)
    elif agrement.plie is not None:
        agrement.porteur = agrement.plie.nom
    exiger(
        controler_agrement(
            agrement.type_agrement,
            debut=agrement.date_debut,
            fin_officielle=agrement.fin_officielle,
            aujourd_hui=aujourd_hui,
        ),
        champs=CHAMPS,
    )
    if not agrement._state.adding:
        _garder_le_type(agrement)
    faits = faits_agrement(agrement)
    agrement.date_fin = faits.fin
    exiger_des_suspensions_tenues(faits, CHAMPS)
    exiger_la_succession(agrement, CHAMPS)
    if agrement.type_agrement == TypeAgrement.PASS_IAE:
        precedents = Agrement.objects.filter(
            beneficiaire=agrement.beneficiaire_id, type_agrement=TypeAgrement.PASS_IAE
        ).exclude(pk=agrement.pk)
        exiger(
            controler_carence_levee(
                agrement.date_debut,
                list(precedents.values_list("date_fin", flat=True)),
                prescripteur_habilite=agrement.prescripteur_habilite,
            ),
            champs=CHAMPS,
        )
    enregistrer(agrement)
    return agrement


def _preparer_le_pass(agrement: Agrement) -> None:
    if agrement.numero:
        agrement.numero = normaliser_numero_pass(agrement.numero)
        exiger(controler_numero_pass(agrement.numero), champs=CHAMPS)
        _refuser_le_pass_d_un_autre(agrement)


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


def _garder_le_type(agrement: Agrement) -> None:
    """Une suspension n'a de sens que pour un PASS IAE, un renouvellement que pour un PLIE : le type ne change plus."""
    if agrement.type_agrement == TypeAgrement.PASS_IAE:
        obstacles = [(agrement.renouvellements.count(), "renouvellement")]
    else:
        obstacles = [(agrement.suspensions.count(), "suspension"), (agrement.prolongations.count(), "prolongation")]
    dits = [quantite(nombre, mot) for nombre, mot in obstacles if nombre]
    if dits:
        phrase = f"Cet agrément porte {enumeration(dits)}\u00a0: son type ne change plus."
        raise ValidationError({"type_agrement": ValidationError(phrase, code="type_fige")})
