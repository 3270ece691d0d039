"""Ce que comptent les heures, de la règle du marché jusqu'aux cumuls et aux écrans."""

import copy
from datetime import date
from decimal import Decimal

import pytest

from clauses.avancement import additionner, avancements_des_engagements, totaliser
from clauses.comptage import comptes_faux
from clauses.cumuls import ecarts, recalculer_cumuls, recalculer_tous
from clauses.models import (
    Affectation,
    Avenant,
    CumulMensuel,
    Engagement,
    EtatReleve,
    NatureHeures,
    Rectificatif,
    ReleveHeures,
)
from clauses.services.avenants import enregistrer_avenant
from clauses.services.heures_etats import changer_etats
from clauses.services.marches import changer_regle, regle_courante
from clauses.services.rectificatifs import figer
from reporting.bilans import penalite_du_bilan
from tests.fabriques import (
    AffectationFactory,
    EngagementFactory,
    LotFactory,
    Paysage,
    ReleveHeuresFactory,
    TitulaireFactory,
)

pytestmark = pytest.mark.django_db
AVRIL, MAI = date(2026, 4, 1), date(2026, 5, 1)
JOUR = date(2026, 10, 31)
VINGT_POUR_CENT = {"modes": {"formation": {"plafond_pourcent": "20"}}}


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    paysage = Paysage()
    paysage.releve.delete()
    Engagement.objects.filter(pk=paysage.engagement.pk).update(heures_dues=Decimal(480))
    return paysage


@pytest.fixture
def paysage(_paysage_bati, db):
    return copy.deepcopy(_paysage_bati)


def declarer(paysage, heures, mois=AVRIL, nature=NatureHeures.FORMATION, etat=EtatReleve.VALIDE, affectation=None):
    releve = ReleveHeuresFactory(
        affectation=affectation or paysage.affectation,
        mois=mois,
        heures=Decimal(heures),
        nature=nature,
        etat=etat,
        saisi_par=paysage.facilitateur,
    )
    recalculer_cumuls(engagements=[releve.affectation.engagement_id], mois=[mois])
    releve.refresh_from_db()
    return releve


def regler(paysage, section=VINGT_POUR_CENT, nom="comptage"):
    return changer_regle(marche=paysage.marche, sections={nom: section}, par=paysage.facilitateur)


def avancement(paysage):
    lignes = avancements_des_engagements(Engagement.objects.filter(titulaire__lot__marche=paysage.marche), jour=JOUR)
    return totaliser(lignes, jour=JOUR)


def test_le_plafond_de_formation_tient_le_total(paysage):
    """480 h dues, 20 % : 120 h de formation validées en comptent 96, partout où l'on lit « validées »."""
    regler(paysage)
    declarer(paysage, 70)
    mai = declarer(paysage, 50, MAI)
    total = avancement(paysage)
    assert (total.validees, total.ecartees, total.validees_declarees) == (Decimal(96), Decimal(24), Decimal(120))
    assert total.formation_validees == Decimal(96)
    assert (mai.heures_comptees, mai.motif_ecart) == (Decimal(26), "plafond")
    assert ecarts() == []
    assert comptes_faux() == []


def test_refuser_un_mois_rend_la_place_au_suivant(paysage):
    """70 h puis 50 h sous un plafond de 96 h : les 70 premières refusées, les 50 comptent toutes."""
    regler(paysage)
    avril = declarer(paysage, 70)
    mai = declarer(paysage, 50, MAI)
    ReleveHeures.objects.filter(pk=avril.pk).update(etat=EtatReleve.REFUSE, motif="Pas de convention")
    recalculer_cumuls(engagements=[paysage.engagement.pk], mois=[AVRIL])
    mai.refresh_from_db()
    assert mai.heures_comptees == Decimal(50)
    assert CumulMensuel.objects.get(mois=MAI).validees_heures == Decimal(50)
    assert avancement(paysage).validees == Decimal(50)


def test_le_sous_traitant_partage_le_plafond_du_titulaire(paysage):
    """Un sous-traitant n'a pas d'heures dues : sa formation entre dans le plafond de son donneur d'ordre."""
    regler(paysage)
    titulaire = TitulaireFactory(lot=paysage.lot, role="sous_traitant", donneur_ordre=paysage.titulaire)
    engagement = EngagementFactory(titulaire=titulaire, heures_initiales=Decimal(0))
    sous_traitee = AffectationFactory(engagement=engagement)
    declarer(paysage, 80)
    declarer(paysage, 80, MAI, affectation=sous_traitee)
    assert avancement(paysage).validees == Decimal(96)


def test_une_regle_changee_ne_touche_pas_les_heures_validees(paysage):
    """Validées avant le plafond, les heures comptent en entier ; encore à vérifier, elles suivent la nouvelle règle."""
    validee = declarer(paysage, 120)
    ouverte = declarer(paysage, 120, MAI, etat=EtatReleve.DECLARE)
    premiere = regle_courante(paysage.marche)
    seconde = regler(paysage, {"modes": {"formation": {"est_compte": False}}})
    validee.refresh_from_db()
    ouverte.refresh_from_db()
    assert seconde.version == premiere.version + 1
    assert (validee.heures_comptees, validee.regle_comptee) == (Decimal(120), premiere)
    assert (ouverte.heures_comptees, ouverte.regle_comptee) == (Decimal(0), None)
    cumul = CumulMensuel.objects.get(mois=MAI)
    assert (cumul.en_attente_heures, cumul.en_attente_comptees_heures) == (Decimal(120), Decimal(0))
    recalculer_tous()
    validee.refresh_from_db()
    assert validee.heures_comptees == Decimal(120)


def test_rouvrir_puis_valider_prend_la_regle_du_jour(paysage):
    """Rouverte, une heure perd sa version ; revalidée, elle prend celle qui vaut maintenant."""
    releve = declarer(paysage, 120, etat=EtatReleve.VERIFIE)
    changer_etats(releves=[releve], vers="valide", utilisateur=paysage.facilitateur)
    releve.refresh_from_db()
    assert releve.heures_comptees == Decimal(120)
    regler(paysage, {"modes": {"formation": {"coefficient": "0.5"}}})
    for vers, motif in (("rectifie", "Mauvais mois"), ("verifie", ""), ("valide", "")):
        releve.refresh_from_db()
        assert changer_etats(releves=[releve], vers=vers, motif=motif, utilisateur=paysage.facilitateur).nombre == 1
    releve.refresh_from_db()
    assert (releve.heures_comptees, releve.regle_comptee.version) == (Decimal(60), 2)


def test_le_stage_ne_compte_pas_et_ne_fait_pas_d_etp(paysage):
    """Mode stage : déclarées, validées, mais aucune heure comptée, aucun ETP ; le rythme ne les attend pas non plus."""
    Affectation.objects.filter(pk=paysage.affectation.pk).update(mode_execution="stage")
    declarer(paysage, 35, nature=NatureHeures.TRAVAIL)
    declarer(paysage, 35, MAI, nature=NatureHeures.TRAVAIL, etat=EtatReleve.DECLARE)
    total = avancement(paysage)
    assert (total.validees, total.validees_declarees, total.etp) == (0, Decimal(35), 0)
    assert (total.en_attente, total.en_attente_comptees) == (Decimal(35), 0)


def test_le_surplus_passe_a_l_autre_lot_de_la_meme_entreprise(paysage):
    """Lot 1 : 600 h pour 480. Lot 2 : 50 h pour 100. Avec le report, il ne reste rien à faire ; sans lui, 50 h."""
    engagement = EngagementFactory(
        titulaire=TitulaireFactory(lot=LotFactory(marche=paysage.marche), entreprise=paysage.entreprise),
        heures_initiales=Decimal(100),
    )
    declarer(paysage, 600, nature=NatureHeures.TRAVAIL)
    declarer(paysage, 50, nature=NatureHeures.TRAVAIL, affectation=AffectationFactory(engagement=engagement))
    seul = Engagement.objects.filter(pk=engagement.pk)
    [ligne] = avancements_des_engagements(seul, jour=JOUR)
    assert (ligne.avancement.restantes, ligne.avancement.reportees) == (Decimal(50), 0)
    regler(paysage, {"report": "lots"})
    [ligne] = avancements_des_engagements(seul, jour=JOUR)
    assert (ligne.avancement.restantes, ligne.avancement.reportees) == (0, Decimal(50))
    total = avancement(paysage)
    assert (total.reportees, total.validees) == (0, Decimal(650))


@pytest.mark.parametrize(("report", "manquent"), [("aucun", 50), ("lots", 0)])
def test_le_surplus_d_un_lot_ne_comble_pas_l_autre_sans_report(paysage, report, manquent):
    """Lot 1 : 600 h pour 480. Lot 2, même entreprise : 50 h pour 100. Le marché a 50 h à faire ; avec le report, aucune."""
    engagement = EngagementFactory(
        titulaire=TitulaireFactory(lot=LotFactory(marche=paysage.marche), entreprise=paysage.entreprise),
        heures_initiales=Decimal(100),
    )
    regler(paysage, {"report": report})
    declarer(paysage, 600, nature=NatureHeures.TRAVAIL)
    declarer(paysage, 50, nature=NatureHeures.TRAVAIL, affectation=AffectationFactory(engagement=engagement))
    total = avancement(paysage)
    assert (total.dues, total.validees, total.restantes) == (580, 650, manquent)
    assert additionner([total, total]).restantes == 2 * manquent
    changer_regle(marche=paysage.marche, valeurs={"penalite_euros_par_heure": Decimal(60)}, par=paysage.facilitateur)
    penalite = penalite_du_bilan(total, regle_courante(paysage.marche))
    assert (penalite.montant_euros if penalite else 0) == manquent * 60


def test_les_heures_d_un_sous_traitant_comblent_celles_de_son_donneur_d_ordre(paysage):
    """480 h dues par le titulaire, 400 faites par lui, 30 par son sous-traitant qui n'en doit aucune : il en reste 50."""
    titulaire = TitulaireFactory(lot=paysage.lot, role="sous_traitant", donneur_ordre=paysage.titulaire)
    engagement = EngagementFactory(titulaire=titulaire, heures_initiales=Decimal(0))
    declarer(paysage, 400, nature=NatureHeures.TRAVAIL)
    declarer(paysage, 30, nature=NatureHeures.TRAVAIL, affectation=AffectationFactory(engagement=engagement))
    assert avancement(paysage).restantes == Decimal(50)


def test_un_avenant_qui_baisse_le_plafond_rectifie_le_mois_fige(paysage):
    """120 h de formation sous 20 % de 480 h en comptent 96 ; un avenant à 300 h n'en laisse que 60, et le mois publié le dit."""
    regler(paysage)
    avril = declarer(paysage, 120)
    figer(marche=paysage.marche, au=date(2026, 4, 30))
    engagement = Engagement.objects.get(pk=paysage.engagement.pk)
    avenant = Avenant(marche=paysage.marche, numero=1, date_notification=date(2026, 6, 1), objet="Travaux retirés")
    enregistrer_avenant(avenant=avenant, heures={engagement: Decimal(300)}, par=paysage.facilitateur)
    avril.refresh_from_db()
    assert avril.heures_comptees == Decimal(60)
    [rectificatif] = Rectificatif.objects.filter(marche=paysage.marche)
    assert (rectificatif.mois, rectificatif.heures_avant, rectificatif.heures_apres) == (AVRIL, 96, 60)
    assert rectificatif.cree_par == paysage.facilitateur
    assert ecarts() == []


def test_un_mois_fige_ouvre_un_rectificatif(paysage):
    """Le bilan est arrêté au 30 avril : valider puis rouvrir avril écrit deux rectificatifs, mai n'en écrit pas."""
    avril = declarer(paysage, 70, etat=EtatReleve.VERIFIE)
    mai = declarer(paysage, 30, MAI, etat=EtatReleve.VERIFIE)
    figer(marche=paysage.marche, au=date(2026, 4, 30))
    figer(marche=paysage.marche, au=date(2026, 3, 31))
    changer_etats(releves=[avril, mai], vers="valide", utilisateur=paysage.facilitateur)
    [premier] = Rectificatif.objects.all()
    assert (premier.mois, premier.heures_avant, premier.heures_apres) == (AVRIL, 0, Decimal(70))
    assert (premier.fige_au, premier.cree_par) == (date(2026, 4, 30), paysage.facilitateur)
    avril.refresh_from_db()
    changer_etats(releves=[avril], vers="rectifie", motif="Mauvais mois", utilisateur=paysage.facilitateur)
    second = Rectificatif.objects.exclude(pk=premier.pk).get()
    assert (second.heures_avant, second.heures_apres, second.motif) == (Decimal(70), 0, "Mauvais mois")


def test_sans_bilan_publie_rien_ne_se_rectifie(paysage):
    """Tant que rien n'est figé, valider et rouvrir n'écrivent pas de rectificatif."""
    avril = declarer(paysage, 70, etat=EtatReleve.VERIFIE)
    changer_etats(releves=[avril], vers="valide", utilisateur=paysage.facilitateur)
    assert not Rectificatif.objects.exists()
