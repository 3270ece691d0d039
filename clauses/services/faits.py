"""Les faits d'une éligibilité, lus en base et donnés en valeurs aux règles. Ici rien ne se décide."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Max, Min

from beneficiaires.models import Beneficiaire
from clauses.models import Affectation, Contrat, Eligibilite, EtatReleve, Marche, Operation, ReleveHeures
from clauses.regles import Decision, FaitClauseAnterieure, FaitSituation, FaitsMarche, ParametresRegle, Perimetre
from clauses.regles.faits import FaitContrat
from clauses.regles.fenetre import jour_du_quota
from clauses.regles.renouvellement import quota_de


def faits_du_marche(marche: Marche) -> FaitsMarche:
    """Les dates du marché, et la fin de son opération."""
    return FaitsMarche(
        date_attribution=marche.date_attribution,
        date_notification=marche.date_notification,
        date_demarrage=marche.date_debut,
        date_fin=marche.operation.date_fin,
    )


def situations_vues(beneficiaire: Beneficiaire) -> list[FaitSituation]:
    """Chaque situation, une fois par pièce vue : l'examen retient la pièce qui prouve. Sans pièce, la situation seule."""
    faits = []
    for situation in beneficiaire.situations.prefetch_related("justificatifs__vu_par"):
        base = FaitSituation(
            critere=situation.critere,
            date_debut=situation.date_debut,
            date_fin=situation.date_fin,
            organisme=situation.organisme_avis,
            precision=situation.precision,
        )
        faits += [
            replace(
                base,
                piece=justificatif.piece,
                date_piece=justificatif.date_piece,
                vue_le=justificatif.vu_le,
                vue_par=justificatif.vu_par.get_full_name(),
            )
            for justificatif in situation.justificatifs.all()
        ] or [base]
    return faits


def premiere_embauche(beneficiaire: Beneficiaire, operation: Operation, marche: Marche | None = None) -> date | None:
    """Le jour du premier contrat qui sert déjà cette opération, ou ce marché seulement."""
    affectations = Affectation.objects.filter(
        contrat__beneficiaire=beneficiaire, engagement__titulaire__lot__marche__operation=operation
    )
    if marche is not None:
        affectations = affectations.filter(engagement__titulaire__lot__marche=marche)
    return affectations.aggregate(premiere=Min("contrat__date_debut"))["premiere"]


def premiere_heure(beneficiaire: Beneficiaire, operation: Operation) -> date | None:
    """La première heure que connaît la décision en vigueur : elle ne change pas quand on décide à nouveau."""
    courante = _decision_en_vigueur(beneficiaire, operation)
    return courante.dates.premiere_heure if courante else None


def fin_de_pass_connue(beneficiaire: Beneficiaire, operation: Operation) -> date | None:
    """La fin du PASS IAE donnée à la décision en vigueur, tant qu'une autre n'est pas donnée."""
    courante = _decision_en_vigueur(beneficiaire, operation)
    return courante.dates.fin_pass if courante else None


def _decision_en_vigueur(beneficiaire: Beneficiaire, operation: Operation) -> Decision | None:
    courante = Eligibilite.objects.courantes().filter(beneficiaire=beneficiaire, operation=operation).first()
    return Decision.depuis_json(courante.decision) if courante else None


def clause_anterieure(
    beneficiaire: Beneficiaire, operation: Operation, parametres: ParametresRegle
) -> FaitClauseAnterieure | None:
    """Le passage antérieur sous clause : ailleurs, ou partout quand la fenêtre du marché couvre tout le dispositif."""
    anterieures = Affectation.objects.filter(contrat__beneficiaire=beneficiaire)
    if parametres.perimetre != Perimetre.GLOBAL:
        anterieures = anterieures.exclude(engagement__titulaire__lot__marche__operation=operation)
    resume = anterieures.aggregate(premier=Min("contrat__date_debut"), fin=Max("eligibilite__date_fin"))
    if resume["premier"] is None:
        return None
    derniere = anterieures.filter(eligibilite__date_fin=resume["fin"]).values_list("eligibilite__date_debut", flat=True)
    return FaitClauseAnterieure(
        resume["premier"], resume["fin"], ouverte_le=derniere.first() if resume["fin"] else None
    )


# Les contrats, pour les règles qui regardent leur type, leur entreprise ou leur marché -------------------------------


def contrats_en_place(beneficiaire: Beneficiaire, operation: Operation) -> list[FaitContrat]:
    """Les contrats de la personne qui servent déjà cette opération."""
    return faits_des_contrats(
        Affectation.objects.filter(
            contrat__beneficiaire=beneficiaire, engagement__titulaire__lot__marche__operation=operation
        )
    )


def faits_des_contrats(affectations: Iterable[Affectation]) -> list[FaitContrat]:
    """Une ligne par affectation : son contrat, l'entreprise servie, son marché. Deux requêtes, quel que soit leur nombre."""
    lignes = list(
        Affectation.objects.filter(pk__in=[affectation.pk for affectation in affectations])
        .select_related("contrat__employeur", "contrat__entreprise_utilisatrice", "engagement__titulaire__lot")
        .order_by("contrat__date_debut", "pk")
    )
    premiers = _premiers_par_entreprise({ligne.contrat.beneficiaire_id for ligne in lignes})
    return [fait_du_contrat(ligne.contrat, ligne.engagement.titulaire.lot.marche_id, premiers) for ligne in lignes]


def fait_du_contrat(
    contrat: Contrat, marche: UUID, premiers: dict[tuple[UUID, UUID], date] | None = None
) -> FaitContrat:
    """Le contrat tel que les règles le lisent ; il peut ne pas être enregistré encore. `premiers` : relu s'il n'est pas donné."""
    servie = contrat.entreprise_utilisatrice if contrat.entreprise_utilisatrice_id else contrat.employeur
    if premiers is None:
        premiers = _premiers_par_entreprise({contrat.beneficiaire_id})
    return FaitContrat(
        type_contrat=contrat.type_contrat,
        debut=contrat.date_debut,
        fin=contrat.derniere_date,
        entreprise=str(servie.pk),
        nom_entreprise=servie.nom,
        marche=str(marche),
        premier_dans_l_entreprise=premiers.get((contrat.beneficiaire_id, servie.pk)),
    )


def _premiers_par_entreprise(personnes: set[UUID]) -> dict[tuple[UUID, UUID], date]:
    """Le premier contrat de clause de chacune de ces personnes dans chaque entreprise servie."""
    contrats = Contrat.objects.filter(beneficiaire__in=personnes, affectations__isnull=False)
    premiers: dict[tuple[UUID, UUID], date] = {}
    for personne, employeur, utilisatrice, debut in contrats.values_list(
        "beneficiaire", "employeur", "entreprise_utilisatrice", "date_debut"
    ):
        cle = (personne, utilisatrice or employeur)
        premiers[cle] = min(debut, premiers.get(cle, debut))
    return premiers


def jour_ou_la_duree_est_atteinte(beneficiaire: Beneficiaire, operation: Operation, decision: Decision) -> date | None:
    """Le jour où les heures de la personne atteignent une durée en temps de travail ; None au calendrier, ou pas encore."""
    quota = quota_de(decision)
    return None if quota is None else jour_du_quota(_heures(beneficiaire, operation, decision.parametres), quota)


def _heures(
    beneficiaire: Beneficiaire, operation: Operation, parametres: ParametresRegle
) -> list[tuple[date, Decimal]]:
    """Les heures déclarées et non refusées, au dernier jour de chaque relevé : de l'opération, ou de tout le dispositif."""
    releves = ReleveHeures.objects.filter(affectation__contrat__beneficiaire=beneficiaire)
    if parametres.perimetre != Perimetre.GLOBAL:
        releves = releves.filter(affectation__engagement__titulaire__lot__marche__operation=operation)
    return list(releves.exclude(etat=EtatReleve.REFUSE).values_list("date_fin", "heures"))
