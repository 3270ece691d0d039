"""Les heures dues qui ne sont pas un simple nombre : tranches, bons de commande, objectif QPV, pénalités du marché.

Les totaux restent ceux des tables d'opérations : seule leur origine change.
"""

from decimal import Decimal

from clauses.models import Commande, Engagement, ModeEngagement, NatureObjectif, RegleClause, SousObjectif, Tranche
from clauses.regles.penalites import ParametresPenalites
from config.demonstration.atelier import Atelier

A_TRANCHES = "jean_mace/2/volteo"
# Numéro, intitulé, optionnelle, affermie (mois et jour depuis la référence), heures.
TRANCHES = (
    (1, "Classes et préau", False, None, 300),
    (2, "Restaurant scolaire", True, (-3, 9), 100),
    (3, "Salle polyvalente", True, None, 120),
)
A_COMMANDES = "nettoyage/1/regie"
COMMANDES = (
    ("BC-01", (-16, 4), 250_000),
    ("BC-02", (-12, 12), 180_000),
    ("BC-03", (-9, 3), 220_000),
    ("BC-04", (-6, 17), 150_000),
    ("BC-05", (-2, 5), 200_000),
)
PENALITES = {
    "peupliers": ParametresPenalites(euros_par_heure=Decimal(60), plafond_pourcent=Decimal(5)),
    "jean_mace": ParametresPenalites(
        euros_par_heure=Decimal(50), euros_par_jour_retard=Decimal(100), exoneration_si_demarches=True
    ),
}


def construire_heures_dues(atelier: Atelier) -> None:
    _tranches(atelier)
    _commandes(atelier)
    for cle, penalites in PENALITES.items():
        regle = atelier.regles[cle]
        regle.options = regle.options | {"penalites": penalites.vers_json()}
    RegleClause.objects.bulk_update([atelier.regles[cle] for cle in PENALITES], ["options"])
    SousObjectif.objects.create(
        id=atelier.id("objectif", "peupliers"),
        marche=atelier.regles["peupliers"].marche,
        nature=NatureObjectif.QPV,
        intitule="Habitants des quartiers prioritaires",
        heures=Decimal(1500),
    )


def _tranches(atelier: Atelier) -> None:
    engagement = atelier.engagements[A_TRANCHES]
    engagement.mode, engagement.heures_initiales = ModeEngagement.TRANCHES, Decimal(TRANCHES[0][4])
    Engagement.objects.bulk_update([engagement], ["mode", "heures_initiales"])
    Tranche.objects.bulk_create(
        Tranche(
            id=atelier.id("tranche", numero),
            engagement=engagement,
            numero=numero,
            intitule=intitule,
            est_optionnelle=optionnelle,
            date_affermissement=atelier.calendrier.jour_ou_rien(affermie),
            heures=Decimal(heures),
        )
        for numero, intitule, optionnelle, affermie, heures in TRANCHES
    )


def _commandes(atelier: Atelier) -> None:
    """96 h pour 10 000 € commandés : 1 000 000 € font 9 600 h."""
    engagement = atelier.engagements[A_COMMANDES]
    engagement.mode, engagement.calcul_commandes = ModeEngagement.COMMANDES, "cumul"
    engagement.ratio_heures, engagement.ratio_euros = Decimal(96), Decimal(10_000)
    engagement.heures_initiales = Decimal(0)
    champs = ["mode", "calcul_commandes", "ratio_heures", "ratio_euros", "heures_initiales"]
    Engagement.objects.bulk_update([engagement], champs)
    Commande.objects.bulk_create(
        Commande(
            id=atelier.id("commande", reference),
            engagement=engagement,
            reference=reference,
            date_commande=atelier.calendrier.jour(jour),
            montant_ht_euros=Decimal(montant),
        )
        for reference, jour, montant in COMMANDES
    )
