"""Les faits d'une éligibilité, lus en base et donnés en valeurs aux règles. Ici rien ne se décide."""

from dataclasses import replace
from datetime import date

from django.db.models import Max, Min

from beneficiaires.models import Beneficiaire
from clauses.models import Affectation, Eligibilite, Operation, RegleClause
from clauses.regles import PRESETS, Decision, FaitClauseAnterieure, FaitSituation, ParametresRegle, Perimetre


def lire_parametres(regle: RegleClause) -> ParametresRegle:
    """Rend la règle du marché en valeurs : son modèle, puis ce que le marché a écrit."""
    return replace(
        PRESETS[regle.modele],
        duree_mois=regle.duree_mois,
        point_depart=regle.point_depart,
        date_appreciation=regle.date_appreciation,
        criteres=tuple(regle.criteres),
        validation_prealable=regle.validation_prealable,
        version=regle.version,
        document=regle.marche.document,
        article=regle.marche.article,
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


def premiere_embauche(beneficiaire: Beneficiaire, operation: Operation) -> date | None:
    """Le jour du premier contrat qui sert déjà cette opération."""
    return Affectation.objects.filter(
        contrat__beneficiaire=beneficiaire, engagement__titulaire__lot__marche__operation=operation
    ).aggregate(premiere=Min("contrat__date_debut"))["premiere"]


def premiere_heure(beneficiaire: Beneficiaire, operation: Operation) -> date | None:
    """La première heure que connaît la décision en vigueur : elle ne change pas quand on décide à nouveau."""
    courante = Eligibilite.objects.courantes().filter(beneficiaire=beneficiaire, operation=operation).first()
    return Decision.depuis_json(courante.decision).dates.premiere_heure if courante else None


def clause_anterieure(
    beneficiaire: Beneficiaire, operation: Operation, parametres: ParametresRegle
) -> FaitClauseAnterieure | None:
    """Le passage antérieur sous clause : ailleurs, ou partout quand la fenêtre du marché couvre tout le dispositif."""
    anterieures = Affectation.objects.filter(contrat__beneficiaire=beneficiaire)
    if parametres.perimetre != Perimetre.GLOBAL:
        anterieures = anterieures.exclude(engagement__titulaire__lot__marche__operation=operation)
    resume = anterieures.aggregate(
        premier=Min("contrat__date_debut"),
        fin=Max("eligibilite__date_fin"),
    )
    return FaitClauseAnterieure(resume["premier"], resume["fin"]) if resume["premier"] else None
