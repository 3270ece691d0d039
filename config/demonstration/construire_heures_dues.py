"""Les heures dues qui ne sont pas un simple nombre : tranches, bons de commande, nettoyage, groupement, marché subséquent, objectifs.

Les totaux restent ceux des tables d'opérations : seule leur origine change.
"""

from decimal import Decimal

from clauses.models import (
    Commande,
    Engagement,
    Lot,
    Marche,
    ModeEngagement,
    NatureObjectif,
    RegleClause,
    SousObjectif,
    Titulaire,
    Tranche,
)
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
# Nettoyage avec reprise du personnel : l'effort ne porte que sur les agents nouvellement affectés, (38 000 − 7 000) × 20 %.
A_NETTOYAGE = "nettoyage/2/verdance"
NETTOYAGE = {"heures_totales": 38_000, "heures_reprises": 7_000, "taux_effort": 20}
# Un groupement : 60,87 % et 39,13 % de 2 300 h font 1 400 et 900 h, aux plus forts restes.
GROUPEMENT, HEURES_DU_GROUPEMENT = "peupliers/2", 2_300
PARTS = {"tessier": "60.87", "isolest": "39.13"}
# Un marché subséquent d'un accord-cadre a ses propres heures dues.
ACCORD_CADRE, SUBSEQUENT = "parties_communes", "parties_communes/MS1/verdance"


def construire_heures_dues(atelier: Atelier) -> None:
    _tranches(atelier)
    _commandes(atelier)
    _nettoyage(atelier)
    _groupement(atelier)
    _marche_subsequent(atelier)
    _objectifs(atelier)


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


def _nettoyage(atelier: Atelier) -> None:
    engagement = atelier.engagements[A_NETTOYAGE]
    engagement.mode = ModeEngagement.NETTOYAGE
    for champ, valeur in NETTOYAGE.items():
        setattr(engagement, champ, Decimal(valeur))
    Engagement.objects.bulk_update([engagement], ["mode", *NETTOYAGE])


def _groupement(atelier: Atelier) -> None:
    engagements = []
    for entreprise, part in PARTS.items():
        engagement = atelier.engagements[f"{GROUPEMENT}/{entreprise}"]
        engagement.mode, engagement.heures_lot = ModeEngagement.PART_LOT, Decimal(HEURES_DU_GROUPEMENT)
        engagement.part_lot_pourcent = Decimal(part)
        engagements.append(engagement)
    Engagement.objects.bulk_update(engagements, ["mode", "heures_lot", "part_lot_pourcent"])


def _marche_subsequent(atelier: Atelier) -> None:
    """Le premier marché subséquent de l'entretien des parties communes : la remise en état d'un secteur, bientôt commencée."""
    jour, accord = atelier.calendrier.jour, atelier.regles[ACCORD_CADRE].marche
    marche = Marche.objects.create(
        id=atelier.id("marche", SUBSEQUENT),
        operation=accord.operation,
        accord_cadre=accord,
        acheteur=accord.acheteur,
        reference=f"{accord.reference}-MS1",
        objet="Remise en état des caves et des locaux communs du secteur du Port",
        type_clause=accord.type_clause,
        base_juridique=accord.base_juridique,
        ccag=accord.ccag,
        article=accord.article,
        technique="Marché subséquent",
        code_cpv=accord.code_cpv,
        date_attribution=jour((-2, 6)),
        date_notification=jour((-2, 14)),
        date_debut=jour((1, 1)),
        date_fin=jour((9, 30)),
        montant_ht_euros=Decimal(140_000),
    )
    regle = atelier.regles[ACCORD_CADRE]
    atelier.regles[SUBSEQUENT] = RegleClause.objects.create(
        id=atelier.id("regle", SUBSEQUENT),
        marche=marche,
        cree_par=regle.cree_par,
        criteres=regle.criteres,
        point_depart=regle.point_depart,
        date_appreciation=regle.date_appreciation,
        texte=regle.texte,
    )
    lot = Lot.objects.create(
        id=atelier.id("lot", SUBSEQUENT),
        marche=marche,
        numero="1",
        intitule="Caves et locaux communs",
        montant_ht_euros=marche.montant_ht_euros,
    )
    titulaire = Titulaire.objects.create(
        id=atelier.id("titulaire", SUBSEQUENT), lot=lot, entreprise=atelier.organisations["verdance"]
    )
    Engagement.objects.create(
        id=atelier.id("engagement", SUBSEQUENT),
        titulaire=titulaire,
        heures_initiales=Decimal(420),
        heures_dues=Decimal(420),
    )


def _objectifs(atelier: Atelier) -> None:
    """Le second compteur du NPNRU, et un objectif par métier."""
    marche = atelier.regles["peupliers"].marche
    SousObjectif.objects.bulk_create(
        [
            SousObjectif(
                id=atelier.id("objectif", "peupliers"),
                marche=marche,
                nature=NatureObjectif.QPV,
                intitule="Second compteur, charte du NPNRU",
                heures=Decimal(1500),
            ),
            SousObjectif(
                id=atelier.id("objectif", "peupliers", "isolation"),
                marche=marche,
                lot=Lot.objects.get(marche=marche, numero="2"),
                nature=NatureObjectif.METIER,
                intitule="Pose d’isolants",
                codes=["F1613"],
                part_pourcent=Decimal(25),
            ),
        ]
    )
