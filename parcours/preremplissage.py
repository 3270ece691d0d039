"""Ce que l'on sait déjà quand une étape du diagnostic s'ouvre : le diagnostic d'avant, sinon la fiche de la personne et ses contrats.

Rien n'est gardé tant que l'étape n'est pas enregistrée : une réponse reprise se relit avant de compter.
"""

from datetime import date

from django.db.models import Q

from beneficiaires.models import Beneficiaire, MetierRome, Orientation
from beneficiaires.referentiels import FREINS
from parcours.models import (
    CHAMPS_DES_ETAPES,
    Diagnostic,
    EtapeDiagnostic,
    EtatFrein,
    Frein,
    Inactivite,
    Ressource,
)

# Critère en cours → réponse. Le premier trouvé l'emporte.
INACTIVITE_PAR_CRITERE = {"DETLD": Inactivite.DES_24, "DELD": Inactivite.DE_12_A_23}
RESSOURCE_PAR_CRITERE = {"RSA": Ressource.RSA, "ASS": Ressource.ASS}
MULTIPLES = {"metiers_exerces", "metiers_vises"}
# Une date de disponibilité vieillit : elle se redemande.
JAMAIS_REPRIS = {"disponible_le"}


def precedent(diagnostic: Diagnostic) -> Diagnostic | None:
    """Le diagnostic fini qui vient avant celui-ci, parcours précédents compris."""
    avant = Q(date_diagnostic__lt=diagnostic.date_diagnostic) | Q(
        date_diagnostic=diagnostic.date_diagnostic, cree_le__lt=diagnostic.cree_le
    )
    anciens = Diagnostic.objects.finis().filter(avant, parcours__beneficiaire=diagnostic.parcours.beneficiaire_id)
    return anciens.prefetch_related("metiers_exerces", "metiers_vises").first()


def valeurs_connues(diagnostic: Diagnostic, etape: EtapeDiagnostic, avant: Diagnostic | None) -> dict[str, object]:
    """Champ → valeur proposée, pour une étape qui n'a pas encore été enregistrée."""
    connues = _faits(diagnostic.parcours.beneficiaire, etape, diagnostic.date_diagnostic)
    if avant is not None and etape.value in avant.etapes_faites:
        connues |= {champ: valeur for champ in CHAMPS_DES_ETAPES[etape] if (valeur := _reponse(avant, champ))}
    return {champ: valeur for champ, valeur in connues.items() if valeur}


def _reponse(diagnostic: Diagnostic, champ: str) -> object:
    """La réponse donnée, ou rien ; « non » et zéro en sont."""
    if champ in JAMAIS_REPRIS:
        return None
    if champ in MULTIPLES:
        return list(getattr(diagnostic, champ).all())
    valeur = getattr(diagnostic, champ)
    return str(valeur) if valeur is False or valeur == 0 else valeur


def _faits(personne: Beneficiaire, etape: EtapeDiagnostic, jour: date) -> dict[str, object]:
    match etape:
        case EtapeDiagnostic.SITUATION:
            criteres = set(personne.situations.en_cours(jour).values_list("critere", flat=True))
            return {
                "inactivite": next((r for c, r in INACTIVITE_PAR_CRITERE.items() if c in criteres), None),
                "ressource": next((r for c, r in RESSOURCE_PAR_CRITERE.items() if c in criteres), None),
                "est_inscrit_france_travail": bool(personne.identifiant_france_travail) or None,
            }
        case EtapeDiagnostic.FORMATION:
            return {"niveau_formation": personne.niveau_formation}
        case EtapeDiagnostic.EXPERIENCE:
            return _experience(personne, jour)
        case EtapeDiagnostic.PROJET:
            orientation = _orientation(personne)
            return {
                "metiers_vises": list(personne.metiers.all()),
                "projet": orientation.projet if orientation else "",
            }
        case _:
            return {}


def _experience(personne: Beneficiaire, jour: date) -> dict[str, object]:
    """Les métiers de ses contrats, et la fin du dernier s'il est fini."""
    contrats = list(personne.contrats.all())
    metiers = MetierRome.objects.filter(pk__in={c.metier_id for c in contrats if c.metier_id})
    fins = [c.derniere_date for c in contrats]
    finie = max(fins) if fins and all(fin is not None and fin < jour for fin in fins) else None
    return {"metiers_exerces": list(metiers), "fin_dernier_emploi": finie}


def _orientation(personne: Beneficiaire) -> Orientation | None:
    return personne.orientations.order_by("-envoyee_le").first()


def freins_connus(diagnostic: Diagnostic) -> dict[str, Frein]:
    """Les neuf freins, dans leur ordre : ceux du parcours ; sinon « repéré » quand le prescripteur l'a coché, « non abordé » autrement."""
    parcours = diagnostic.parcours
    gardes = {frein.rubrique: frein for frein in parcours.freins.all()}
    orientation = _orientation(parcours.beneficiaire)
    coches = set(orientation.freins) if orientation else set()
    return {
        rubrique: gardes.get(rubrique)
        or Frein(
            parcours=parcours,
            rubrique=rubrique,
            etat=EtatFrein.REPERE if rubrique in coches else EtatFrein.NON_ABORDE,
            date_etat=diagnostic.date_diagnostic,
        )
        for rubrique in FREINS
    }
