"""Le jour qui fait foi dans les comptes du public et les objectifs particuliers ; les rectificatifs d'un bilan à l'autre."""

from datetime import date
from decimal import Decimal

import pytest

from beneficiaires.models import Residence, Situation
from clauses.models import (
    ConventionGlobalisation,
    Engagement,
    EtatReleve,
    Imputation,
    Marche,
    Operation,
    ReleveHeures,
    SousObjectif,
)
from clauses.publics import heures_des_objectifs
from clauses.services.globalisation import enregistrer_convention, imputer
from clauses.services.heures_etats import changer_etats
from clauses.services.marches import changer_regle
from reporting.bilans import contexte_du_bilan, objectifs_du_bilan, produire
from reporting.indicateurs import QPV, comptes_du_public
from reporting.models import Bilan
from tests.fabriques import (
    EngagementFactory,
    LotFactory,
    MarcheFactory,
    RegleClauseFactory,
    ReleveHeuresFactory,
    TitulaireFactory,
)

pytestmark = pytest.mark.django_db
ARRETE_AU = date(2026, 10, 31)


def objectif(chantier, nature="qpv", **champs) -> SousObjectif:
    return SousObjectif.objects.create(
        marche=chantier.marche,
        nature=nature,
        intitule=f"Objectif {SousObjectif.objects.count() + 1}",
        heures=Decimal(100),
        **champs,
    )


def demenager(chantier, combien, le=date(2026, 7, 1)):
    """Les premières personnes quittent un QPV ce jour-là."""
    for personne in chantier.personnes[:combien]:
        Residence.objects.create(
            beneficiaire=personne,
            date_fin=le.replace(month=le.month - 1, day=30),
            commune="Villerive",
            qpv="oui",
            qpv_mode="adresse",
        )


def heures_qpv(chantier) -> Decimal:
    vise = objectif(chantier)
    return heures_des_objectifs(chantier.marche, arrete_au=ARRETE_AU)[vise.pk].heures


def test_au_jour_de_l_attribution_tout_compte(chantier):
    """Attribution le 14/01/2026 : qui habitait alors un QPV compte pour toutes ses heures, 6 × 50 h."""
    demenager(chantier, 6)
    assert heures_qpv(chantier) == Decimal(300)


def test_au_jour_de_l_heure_seules_celles_d_avant_comptent(chantier):
    """Parties le 1er juillet : avril, mai et juin comptent, 6 × 30 h ; les comptes du public disent de même."""
    demenager(chantier, 6)
    changer_regle(marche=chantier.marche, sections={"statuts": {"adresse": "heure"}}, par=chantier.facilitateur)
    assert heures_qpv(chantier) == Decimal(180)
    public = comptes_du_public(Engagement.objects.filter(pk=chantier.engagement.pk), arrete_au=ARRETE_AU)
    lignes = {ligne.libelle: ligne for ligne in public.qpv}
    assert lignes[QPV].heures == Decimal(180)
    assert public.heures == Decimal(600)


def test_sans_date_d_attribution_rien_n_est_devine(chantier):
    """L'adresse fait foi à l'attribution, mais sa date manque : une personne partie n'est comptée d'aucun quartier."""
    demenager(chantier, 6)
    Marche.objects.filter(pk=chantier.marche.pk).update(date_attribution=None)
    assert heures_qpv(chantier) == 0


def test_une_personne_de_deux_publics_est_dans_les_deux_lignes(chantier):
    """Sept personnes au RSA font 350 h, dont quatre aussi jeunes, 200 h ; le total du marché reste 600 h."""
    for rang, personne in enumerate(chantier.personnes):
        codes = ["RSA", "JEUNE"] if rang < 4 else ["RSA"] if rang < 7 else ["DELD"]
        personne.eligibilites.update(criteres_retenus=codes)
    rsa, jeunes = objectif(chantier, "public", codes=["RSA"]), objectif(chantier, "public", codes=["JEUNE"])
    faites = heures_des_objectifs(chantier.marche, arrete_au=ARRETE_AU)
    assert (faites[rsa.pk].heures, faites[jeunes.pk].heures) == (Decimal(350), Decimal(200))
    imprimes = {o.objectif.pk: o.faites for o in objectifs_du_bilan(chantier.marche, ARRETE_AU)}
    assert imprimes == {rsa.pk: Decimal(350), jeunes.pk: None}
    entiers = {o.objectif.pk: o.faites for o in objectifs_du_bilan(chantier.marche, ARRETE_AU, entiers=True)}
    assert entiers[jeunes.pk] == Decimal(200)


def test_un_objectif_ne_laisse_pas_deduire_les_heures_de_quatre_autres(chantier):
    """Huit personnes au RSA sur douze : 600 h moins leurs 400 h diraient les heures des quatre autres, donc « masqué »."""
    rsa = objectif(chantier, "public", codes=["RSA"])
    faites = heures_des_objectifs(chantier.marche, arrete_au=ARRETE_AU)[rsa.pk]
    assert (faites.heures, faites.personnes, faites.autres) == (Decimal(400), 8, 4)
    assert [o.faites for o in objectifs_du_bilan(chantier.marche, ARRETE_AU)] == [None]
    assert [o.faites for o in objectifs_du_bilan(chantier.marche, ARRETE_AU, entiers=True)] == [Decimal(400)]


def test_le_compteur_qpv_ne_s_imprime_qu_une_fois(chantier):
    """L'opération vise des heures d'habitants des QPV ; dès que le marché en a fait un objectif, lui seul le dit."""
    Operation.objects.filter(pk=chantier.operation.pk).update(heures_qpv_visees=Decimal(900))
    bilan = Bilan(marche=Marche.objects.get(pk=chantier.marche.pk), arrete_au=ARRETE_AU, code_verification="ABCD-EFGH")
    assert contexte_du_bilan(bilan)["heures_qpv_visees"] == Decimal(900)
    objectif(chantier, lot=chantier.lot)
    assert contexte_du_bilan(bilan)["heures_qpv_visees"] == Decimal(900)
    objectif(chantier)
    assert contexte_du_bilan(bilan)["heures_qpv_visees"] is None


def test_une_rqth_finie_ne_compte_plus_si_le_marche_suit_le_jour_de_l_heure(chantier):
    """RQTH jusqu'au 30 juin : fixée à l'attribution, 50 h ; au jour de l'heure, 30 h (avril, mai, juin)."""
    personne = chantier.personnes[0]
    personne.eligibilites.update(criteres_retenus=["TH"])
    Situation.objects.create(
        beneficiaire=personne, critere="TH", date_debut=date(2025, 1, 1), date_fin=date(2026, 6, 30)
    )
    th = objectif(chantier, "public", codes=["TH"])
    assert heures_des_objectifs(chantier.marche, arrete_au=ARRETE_AU)[th.pk].heures == Decimal(50)
    changer_regle(marche=chantier.marche, sections={"statuts": {"rqth": "heure"}}, par=chantier.facilitateur)
    assert heures_des_objectifs(chantier.marche, arrete_au=ARRETE_AU)[th.pk].heures == Decimal(30)


def test_qui_change_entre_deux_releves_n_est_compte_qu_une_fois(chantier):
    """RQTH jusqu'au 30 juin, au jour de l'heure : 30 h de travail et 7 h de formation en avril ; en tout, 600 h et 7 h."""
    personne = chantier.personnes[0]
    personne.eligibilites.update(criteres_retenus=["TH"])
    Situation.objects.create(
        beneficiaire=personne, critere="TH", date_debut=date(2025, 1, 1), date_fin=date(2026, 6, 30)
    )
    affectation = personne.contrats.get().affectations.get()
    ReleveHeuresFactory(
        affectation=affectation, mois=date(2026, 4, 1), heures=Decimal(7), nature="formation", etat=EtatReleve.VALIDE
    )
    changer_regle(marche=chantier.marche, sections={"statuts": {"rqth": "heure"}}, par=chantier.facilitateur)
    th = objectif(chantier, "public", codes=["TH"])
    assert heures_des_objectifs(chantier.marche, arrete_au=ARRETE_AU)[th.pk].heures == Decimal(37)
    public = comptes_du_public(Engagement.objects.filter(pk=chantier.engagement.pk), arrete_au=ARRETE_AU)
    assert (public.heures, public.heures_formation, public.personnes) == (Decimal(607), Decimal(7), 12)


@pytest.mark.parametrize("suit_le_jour", ["le marché d'où viennent les heures", "le marché où elles comptent"])
def test_des_heures_globalisees_entre_deux_facons_de_dater_ne_se_perdent_pas(chantier, suit_le_jour):
    """4 h d'avril comptent sur un autre marché, qui ne date pas le public de même : 600 h en tout, avant comme après."""
    autre = MarcheFactory(operation=chantier.operation, reference="2026-GYM")
    RegleClauseFactory(marche=autre)
    titulaire = TitulaireFactory(lot=LotFactory(marche=autre), entreprise=chantier.entreprise)
    arrivee = EngagementFactory(titulaire=titulaire)
    suivi = chantier.marche if suit_le_jour == "le marché d'où viennent les heures" else autre
    changer_regle(marche=suivi, sections={"statuts": {"adresse": "heure"}}, par=chantier.facilitateur)
    convention = ConventionGlobalisation(
        structure=chantier.structure,
        reference="GLOB-1",
        entreprise=chantier.entreprise,
        date_debut=date(2026, 4, 1),
        signee_le=date(2026, 3, 28),
    )
    enregistrer_convention(convention=convention, engagements=[chantier.engagement, arrivee])
    releve = ReleveHeures.objects.filter(mois=date(2026, 4, 1)).order_by("pk").first()
    assert isinstance(
        imputer(convention=convention, releve=releve, engagement=arrivee, heures=Decimal(4), par=chantier.facilitateur),
        Imputation,
    )
    deux = Engagement.objects.filter(pk__in=[chantier.engagement.pk, arrivee.pk])
    assert comptes_du_public(deux, arrete_au=ARRETE_AU).heures == Decimal(600)


def test_un_objectif_d_un_metier(chantier):
    """Les heures du métier visé, celles de son lot seulement."""
    contrats = [personne.contrats.get() for personne in chantier.personnes[:6]]
    for contrat in contrats:
        contrat.metier_id = "F1703"
        contrat.save(update_fields=["metier"])
    macons = objectif(chantier, "metier", codes=["F1703"], lot=chantier.lot)
    assert heures_des_objectifs(chantier.marche, arrete_au=ARRETE_AU)[macons.pk].heures == Decimal(300)


# Chiffres figés ------------------------------------------------------------------------------------------------------


def test_le_bilan_suivant_dit_les_rectificatifs_et_le_premier_ne_bouge_pas(chantier):
    """Le bilan d'août publie 600 h. Août rouvert pour une personne : 590 h au suivant, « août 2026, − 10 h »."""
    premier = Bilan.objects.create(
        marche=chantier.marche,
        arrete_au=date(2026, 8, 31),
        code_verification="AAAA-BBBB",
        demande_par=chantier.facilitateur,
    )
    produire(premier)
    chantier.marche.refresh_from_db()
    assert chantier.marche.fige_au == date(2026, 8, 31)
    aout = ReleveHeures.objects.filter(mois=date(2026, 8, 1)).first()
    changer_etats(releves=[aout], vers="rectifie", motif="Mois confondu", utilisateur=chantier.facilitateur)
    premier.refresh_from_db()
    assert premier.donnees["validees"] == "600.00"
    second = Bilan.objects.create(
        marche=chantier.marche, arrete_au=ARRETE_AU, code_verification="CCCC-DDDD", demande_par=chantier.facilitateur
    )
    contexte = contexte_du_bilan(second)
    assert contexte["total"].validees == Decimal(590)
    [rectifie] = contexte["rectifies"]
    assert (rectifie.mois, rectifie.ecart, rectifie.causes) == (date(2026, 8, 1), Decimal(-10), "heures rouvertes")
    assert contexte["precedent"] == premier


def test_un_mois_rouvert_puis_valide_a_un_autre_chiffre_est_corrige(chantier):
    """10 h publiées, rouvertes, 4 h validées : « − 6 h (correction) », et non « heures rouvertes, validation après le bilan »."""
    premier = Bilan.objects.create(
        marche=chantier.marche,
        arrete_au=date(2026, 8, 31),
        code_verification="AAAA-BBBB",
        demande_par=chantier.facilitateur,
    )
    produire(premier)
    aout = ReleveHeures.objects.filter(mois=date(2026, 8, 1)).first()
    changer_etats(releves=[aout], vers="rectifie", motif="Bulletin", utilisateur=chantier.facilitateur)
    ReleveHeures.objects.filter(pk=aout.pk).update(heures=4)
    for vers in ("verifie", "valide"):
        aout.refresh_from_db()
        changer_etats(releves=[aout], vers=vers, utilisateur=chantier.facilitateur)
    second = Bilan.objects.create(
        marche=chantier.marche, arrete_au=ARRETE_AU, code_verification="CCCC-DDDD", demande_par=chantier.facilitateur
    )
    [rectifie] = contexte_du_bilan(second)["rectifies"]
    assert (rectifie.ecart, rectifie.causes) == (Decimal(-6), "correction")


def test_un_mois_revenu_a_son_chiffre_ne_se_dit_pas(chantier):
    """Rouvert puis validé à l'identique : rien à rectifier."""
    premier = Bilan.objects.create(
        marche=chantier.marche,
        arrete_au=date(2026, 8, 31),
        code_verification="AAAA-BBBB",
        demande_par=chantier.facilitateur,
    )
    produire(premier)
    aout = ReleveHeures.objects.filter(mois=date(2026, 8, 1)).first()
    for vers, motif in (("rectifie", "À revoir"), ("verifie", ""), ("valide", "")):
        aout.refresh_from_db()
        changer_etats(releves=[aout], vers=vers, motif=motif, utilisateur=chantier.facilitateur)
    second = Bilan.objects.create(
        marche=chantier.marche, arrete_au=ARRETE_AU, code_verification="CCCC-DDDD", demande_par=chantier.facilitateur
    )
    assert contexte_du_bilan(second)["rectifies"] == []
