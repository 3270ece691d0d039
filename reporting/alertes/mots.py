"""Comment se dit une échéance : de qui, de quoi, où elle mène ; et la même sans nommer personne, pour le courriel et l'agenda.

L'objet se lit dans la même requête que l'alerte : ce qui est dit est ce qui est, pas une copie.
"""

from collections.abc import Collection
from functools import cache
from urllib.parse import urlencode

from django.db.models import Case, DateField, F, OuterRef, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, NullIf
from django.urls import reverse

from beneficiaires.models import Justificatif, Orientation, Situation
from beneficiaires.regles import CRITERES
from clauses.models import Affectation, ContactEntreprise, Contrat, Engagement, EnvoiDeclaration, Marche
from comptes.formats import de, mois_annee
from comptes.sql_ecrit import ExpressionEcrite, ecrire
from parcours.models import Agrement, Suivi
from parcours.regles import formater_numero_pass
from reporting.models import Alerte, TypeAlerte

# Ce que dit la date de chaque sorte.
DATES = {
    TypeAlerte.DECISION_MANQUANTE: "jour de l’embauche",
    TypeAlerte.MOIS_SANS_HEURES: "mois fini",
    TypeAlerte.RYTHME: "arrêté au",
    TypeAlerte.SUIVI: "jour prévu",
    TypeAlerte.ORIENTATION: "répondre au plus tard",
    TypeAlerte.PIECE: "dernier jour utile",
    TypeAlerte.COURRIEL_REVENU: "revenu le",
    TypeAlerte.CONTACT_SILENCE: "deuxième relance",
}


def avec_mots(alertes: QuerySet[Alerte], sortes: Collection[TypeAlerte] = TypeAlerte) -> QuerySet[Alerte]:
    """Joint tout ce que demandent les mots, en une requête : `precision` (l'objet), `candidat` (d'une orientation) et `mois_du`,
    le mois qu'une entreprise n'a pas déclaré.

    `sortes` : celles qui peuvent s'y trouver.
    """
    liees = ("structure", "beneficiaire__referent", "operation", "responsable", "traitee_par", "reportee_par")
    return alertes.annotate(**_mots(frozenset(sortes))).select_related(*liees)


@cache
def _mots(sortes: frozenset[TypeAlerte]) -> dict[str, ExpressionEcrite]:
    orientation = Orientation.objects.filter(pk=OuterRef("objet"))
    nom = Concat("prenom", Value(" "), Coalesce(NullIf("nom_usage", Value("")), "nom_naissance"))
    precisions = [When(type_alerte=t, then=_lire(*quoi)) for t, quoi in _PRECISIONS.items() if t in sortes]
    candidats = [
        When(type_alerte=t, then=Subquery(orientation.values(nom_lu=nom)[:1]))
        for t in sortes & {TypeAlerte.ORIENTATION}
    ]
    mois_dus = [When(type_alerte=t, then=Subquery(mois)) for t, mois in _MOIS_DUS.items() if t in sortes]
    texte, jour = TextField(), DateField()
    return {
        "precision": ecrire(Alerte, Case(*precisions, default=Value(""), output_field=texte), texte),
        "candidat": ecrire(Alerte, Case(*candidats, default=Value(""), output_field=texte), texte),
        "mois_du": ecrire(Alerte, Case(*mois_dus, output_field=jour), jour),
    }


def _lire(objets: QuerySet, champ: object) -> Subquery:
    champ = F(champ) if isinstance(champ, str) else champ
    return Subquery(objets.filter(pk=OuterRef("objet")).values(lu=Cast(champ, TextField()))[:1])


_AGREMENT = (Agrement.objects.all(), Coalesce(NullIf("numero", Value("")), "porteur"))
_PRECISIONS = {
    TypeAlerte.PASS_IAE: _AGREMENT,
    TypeAlerte.PLIE: _AGREMENT,
    TypeAlerte.CONTRAT: (Contrat.objects.all(), "employeur__nom"),
    TypeAlerte.MARCHE: (Marche.objects.all(), "reference"),
    TypeAlerte.SITUATION: (Situation.objects.all(), "critere"),
    TypeAlerte.MOIS_SANS_HEURES: (Affectation.objects.all(), "contrat__employeur__nom"),
    TypeAlerte.RYTHME: (Engagement.objects.all(), "titulaire__entreprise__nom"),
    TypeAlerte.SUIVI: (Suivi.objects.all(), "jalon_mois"),
    TypeAlerte.ORIENTATION: (Orientation.objects.all(), "prescripteur__nom"),
    TypeAlerte.PIECE: (Justificatif.objects.all(), "piece"),
    TypeAlerte.COURRIEL_REVENU: (ContactEntreprise.objects.all(), "entreprise__nom"),
    TypeAlerte.CONTACT_SILENCE: (EnvoiDeclaration.objects.all(), "entreprise__nom"),
}
# Ces deux tâches sont celles d'une entreprise, et mènent au mois qu'elle doit.
_MOIS_DUS = {
    TypeAlerte.COURRIEL_REVENU: EnvoiDeclaration.objects.filter(contact=OuterRef("objet"), revenu_le__isnull=False)
    .order_by("-mois")
    .values("mois")[:1],
    TypeAlerte.CONTACT_SILENCE: EnvoiDeclaration.objects.filter(pk=OuterRef("objet")).values("mois")[:1],
}


def sujet(alerte: Alerte) -> str:
    """De qui ou de quoi l'on parle : la personne, le candidat d'une orientation, l'entreprise muette, l'opération."""
    if alerte.beneficiaire:
        return alerte.beneficiaire.nom_complet
    if alerte.type_alerte in _MOIS_DUS:
        return alerte.precision or ""
    return alerte.candidat or (alerte.operation.nom if alerte.operation else "")


def objet_en_mots(alerte: Alerte) -> str:
    """Ce qui finit ou attend : l'opération d'une éligibilité, le numéro d'un PASS, l'employeur d'un contrat…"""
    precision, operation = alerte.precision or "", alerte.operation.nom if alerte.operation else ""
    if not precision:
        return operation
    match alerte.type_alerte:
        case TypeAlerte.PASS_IAE if precision.isdigit():
            return formater_numero_pass(precision)
        case TypeAlerte.CONTRAT:
            return f"chez {precision}"
        case TypeAlerte.SITUATION:
            return CRITERES[precision].libelle
        case TypeAlerte.MOIS_SANS_HEURES:
            return f"{mois_annee(alerte.date_echeance)}, {operation}, chez {precision}"
        case TypeAlerte.SUIVI:
            return f"à {precision}\u00a0mois"
        case TypeAlerte.ORIENTATION:
            return f"envoyée par {precision}"
        case TypeAlerte.COURRIEL_REVENU | TypeAlerte.CONTACT_SILENCE:
            return f"heures {de(mois_annee(alerte.mois_du))}" if alerte.mois_du else ""
    return precision


def sans_nom(alerte: Alerte) -> str:
    """« Fin d’éligibilité, opération Les Peupliers » : ni personne, ni critère, ni pièce, ni numéro."""
    details = [alerte.get_type_alerte_display()]
    match alerte.type_alerte:
        case TypeAlerte.MARCHE:
            details.append(f"marché {alerte.precision}")
        case TypeAlerte.MOIS_SANS_HEURES:
            details.append(mois_annee(alerte.date_echeance))
        case TypeAlerte.RYTHME | TypeAlerte.COURRIEL_REVENU | TypeAlerte.CONTACT_SILENCE:
            details.append(alerte.precision or "")
        case TypeAlerte.SUIVI:
            details.append(f"à {alerte.precision}\u00a0mois")
    if alerte.operation:
        details.append(f"opération {alerte.operation.nom}")
    return ", ".join(filter(None, details))


def page_du_sujet(alerte: Alerte) -> str:
    """Où l'on agit : la fiche de la personne ou de l'opération, l'orientation à laquelle répondre, le mois qu'une entreprise doit."""
    if alerte.type_alerte in _MOIS_DUS:
        filtres = {"entreprise": alerte.precision or ""}
        if alerte.mois_du:
            filtres["mois"] = f"{alerte.mois_du:%Y-%m}"
        return f"{reverse('clauses:declaration_liste')}?{urlencode(filtres)}"
    if alerte.type_alerte == TypeAlerte.ORIENTATION:
        return reverse("beneficiaires:orientation_detail", args=[alerte.objet])
    if alerte.beneficiaire_id:
        return reverse("reporting:personne_fiche", args=[alerte.beneficiaire_id])
    return reverse("reporting:operation_fiche", args=[alerte.operation_id])
