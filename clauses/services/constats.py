"""Ce qu'un placement doit dire avant d'être enregistré : les mêmes constats pour le formulaire et pour le service."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Min, QuerySet

from beneficiaires.models import Beneficiaire
from clauses.models import Affectation, Contrat, Eligibilite, Engagement, Operation, Titulaire
from clauses.regles import ParametresRegle, controler_contrat
from clauses.regles.faits import FaitContrat
from clauses.regles.ouverture import fenetre_du_contrat
from clauses.regles.placements import (
    AutreContrat,
    Constat,
    controler_cumul,
    controler_dates_contrat,
    controler_lien_au_lot,
    controler_rupture,
    controler_type_contrat,
    controler_utilisatrice,
)
from clauses.services.faits import fait_du_contrat
from clauses.services.fenetres import contrats_de, fenetre_prevue, pourquoi_pas
from comptes.models import Utilisateur
from comptes.regles import Avertissement, Refus


@dataclass(frozen=True)
class ConstatPlacement:
    """Un constat et l'opération qu'il regarde (vide : le contrat lui-même)."""

    constat: Constat
    sujet: str = ""

    @property
    def phrase(self) -> str:
        return self.constat.phrase

    @property
    def code(self) -> str:
        return self.constat.code

    @property
    def est_un_refus(self) -> bool:
        return isinstance(self.constat, Refus)

    @property
    def texte(self) -> str:
        return f"{self.sujet}\u00a0: {self.phrase}" if self.sujet else self.phrase


def engagements_ouverts(utilisateur: Utilisateur) -> QuerySet[Engagement]:
    """Les engagements qui reçoivent encore des heures, avec leur lot, leur marché et leur opération."""
    return (
        Engagement.objects.pour(utilisateur)
        .filter(titulaire__lot__clos_le__isnull=True)
        .select_related("titulaire__entreprise", "titulaire__lot__marche__operation__maitre_ouvrage")
        .order_by(
            "titulaire__lot__marche__operation__nom",
            "titulaire__lot__marche__reference",
            "titulaire__lot__numero",
            "titulaire__entreprise__nom",
        )
    )


def operation_de(engagement: Engagement) -> Operation:
    return engagement.titulaire.lot.marche.operation


def decisions_favorables(beneficiaire: Beneficiaire) -> dict[UUID, Eligibilite]:
    """Les décisions en vigueur qui permettent de placer la personne, par opération."""
    favorables = Eligibilite.objects.favorables().filter(beneficiaire=beneficiaire).select_related("operation")
    return {eligibilite.operation_id: eligibilite for eligibilite in favorables}


def examiner_placement(
    *, contrat: Contrat, engagements: Sequence[Engagement], aujourd_hui: date
) -> list[ConstatPlacement]:
    """Rend tout ce qu'il faut dire de ce contrat, refus et avertissements, sans rien écrire.

    Un contrat à demi rempli donne les constats de ce qui est rempli. Les affectations déjà faites gardent leur décision.
    """
    dates = _constats_des_dates(contrat, aujourd_hui)
    constats = [ConstatPlacement(constat) for constat in (*_constats_du_contrat(contrat), *dates)]
    if contrat.date_debut is None or any(isinstance(constat, Refus) for constat in dates):
        return constats
    decisions = decisions_de(contrat)
    embauches = _embauches_ailleurs(decisions.values(), contrat)
    roles = _entreprises_des_lots(engagements)
    for engagement in engagements:
        nom = operation_de(engagement).nom
        eligibilite = decisions.get(operation_de(engagement).pk)
        constats += [
            ConstatPlacement(constat, nom)
            for constat in (
                *_constats_eligibilite(contrat, engagement, eligibilite, embauches),
                *_constats_employeur(contrat, engagement, roles),
            )
        ]
    return list(dict.fromkeys(constats))


def _constats_du_contrat(contrat: Contrat) -> list[Constat]:
    """Le contrat pour lui-même : son type, son employeur, l'entreprise servie."""
    constats: list[Constat] = []
    employeur = contrat.employeur if contrat.employeur_id else None
    if contrat.type_contrat:
        constats += controler_type_contrat(
            contrat.type_contrat,
            date_fin=contrat.date_fin,
            type_employeur=employeur.categorie if employeur else None,
        )
    if employeur:
        constats += controler_utilisatrice(
            employeur=employeur.nom,
            type_employeur=employeur.categorie,
            met_a_disposition=employeur.met_a_disposition,
            utilisatrice=contrat.entreprise_utilisatrice.nom if contrat.entreprise_utilisatrice_id else "",
        )
    return constats


def _constats_des_dates(contrat: Contrat, aujourd_hui: date) -> list[Constat]:
    """Les dates du contrat, puis les autres contrats de la personne aux mêmes dates."""
    if contrat.date_debut is None:
        return []
    constats = controler_dates_contrat(
        debut=contrat.date_debut,
        fin=contrat.date_fin,
        naissance=contrat.beneficiaire.date_naissance,
        aujourd_hui=aujourd_hui,
    )
    if any(isinstance(constat, Refus) for constat in constats):
        return constats
    rupture = contrat.date_rupture and controler_rupture(
        contrat.date_rupture, debut=contrat.date_debut, fin=contrat.date_fin, aujourd_hui=aujourd_hui
    )
    if rupture:
        return [*constats, rupture]
    autres = list(
        Contrat.objects.filter(beneficiaire=contrat.beneficiaire_id).exclude(pk=contrat.pk).select_related("employeur")
    )
    if any(_identite(autre) == _identite(contrat) for autre in autres):
        texte = (
            "Ce contrat est déjà enregistré\u00a0: même employeur, même type, même jour d’embauche. Modifiez-le plutôt."
        )
        return [*constats, Refus(texte, "contrat_double")]
    if contrat.heures_hebdo is not None:
        constats += controler_cumul(contrat.periode, contrat.heures_hebdo, [_resume(autre) for autre in autres])
    return constats


def _identite(contrat: Contrat) -> tuple[object, ...]:
    return contrat.employeur_id, contrat.type_contrat, contrat.date_debut


def _resume(contrat: Contrat) -> AutreContrat:
    nom = f"Le contrat {contrat.get_type_contrat_display()} chez {contrat.employeur}"
    return AutreContrat(contrat.periode, contrat.heures_hebdo, nom)


def _constats_eligibilite(
    contrat: Contrat,
    engagement: Engagement,
    eligibilite: Eligibilite | None,
    embauches: dict[UUID, date],
) -> list[Constat]:
    """Le contrat face à la décision et au marché de l'engagement."""
    operation = operation_de(engagement)
    if eligibilite is None:
        return [
            Refus(
                "Aucune éligibilité en vigueur. Décidez d’abord, puis revenez cocher cet engagement.",
                "eligibilite_absente",
            )
        ]
    embauche = min(contrat.date_debut, embauches.get(eligibilite.pk, contrat.date_debut))
    fait, contrats = _faits_regardes(contrat, engagement, eligibilite)
    decision = fenetre_prevue(eligibilite, embauche=embauche, contrats=contrats)
    if not decision.est_eligible:
        return [Refus(pourquoi_pas(decision), "embauche_non_admise")]
    # Ce que la règle fait d'une embauche d'avant le marché se dit mieux qu'un avertissement général.
    anterieure = [raison for raison in decision.raisons if raison.fait.startswith("embauche_anterieure")]
    marche = engagement.titulaire.lot.marche
    return [
        *(Avertissement(raison.texte, "avant_marche") for raison in anterieure),
        *controler_contrat(
            periode=contrat.periode,
            fenetre=decision.fenetre if fait is None else fenetre_du_contrat(decision, fait),
            date_decision=decision.validee_le,
            debut_marche=None if anterieure else marche.date_notification or marche.date_debut,
            fin_marche=marche.date_fin or operation.date_fin,
            validation_prealable=decision.parametres.validation_prealable,
        ),
    ]


def _faits_regardes(
    contrat: Contrat, engagement: Engagement, eligibilite: Eligibilite
) -> tuple[FaitContrat | None, list[FaitContrat]]:
    """Ce contrat et les autres, si la règle de la décision les regarde ; un contrat sans employeur attend qu'il soit choisi."""
    parametres = ParametresRegle.depuis_json(eligibilite.decision["parametres"])
    if not parametres.depend_des_contrats or not (contrat.employeur_id and contrat.type_contrat):
        return None, []
    fait = fait_du_contrat(contrat, engagement.titulaire.lot.marche_id)
    return fait, [*contrats_de(eligibilite, sauf=contrat), fait]


def _constats_employeur(contrat: Contrat, engagement: Engagement, roles: dict[UUID, dict[str, str]]) -> list[Constat]:
    """L'employeur face au lot de l'engagement."""
    if not contrat.employeur_id:
        return []
    lot = engagement.titulaire.lot
    constat = controler_lien_au_lot(
        employeur=contrat.employeur.nom,
        utilisatrice=contrat.entreprise_utilisatrice.nom if contrat.entreprise_utilisatrice_id else "",
        met_a_disposition=contrat.employeur.met_a_disposition,
        entreprises_du_lot=roles[lot.pk],
        lot=f"lot {lot.numero}",
    )
    return [constat] if constat else []


def decisions_de(contrat: Contrat) -> dict[UUID, Eligibilite]:
    """Par opération, la décision des affectations déjà faites, sinon celle en vigueur."""
    decisions = decisions_favorables(contrat.beneficiaire)
    if not contrat._state.adding:
        decisions |= {
            a.eligibilite.operation_id: a.eligibilite for a in contrat.affectations.select_related("eligibilite")
        }
    return decisions


def _embauches_ailleurs(eligibilites: Iterable[Eligibilite], contrat: Contrat) -> dict[UUID, date]:
    """Par décision, la première embauche de ses autres contrats : elle seule ouvre la fenêtre."""
    lignes = (
        Affectation.objects.filter(eligibilite__in=list(eligibilites))
        .exclude(contrat=contrat.pk)
        .values_list("eligibilite")
        .annotate(premiere=Min("contrat__date_debut"))
        .order_by()
    )
    return dict(lignes)


def _entreprises_des_lots(engagements: Sequence[Engagement]) -> dict[UUID, dict[str, str]]:
    """Par lot, les entreprises inscrites et leur rôle."""
    lots = {engagement.titulaire.lot_id for engagement in engagements}
    roles: dict[UUID, dict[str, str]] = {lot: {} for lot in lots}
    for titulaire in Titulaire.objects.filter(lot__in=lots).select_related("entreprise"):
        roles[titulaire.lot_id][titulaire.entreprise.nom] = titulaire.get_role_display()
    return roles
