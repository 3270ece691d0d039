"""Les contrôles en service : constats gardés avec les heures, contrôle avant l'envoi, réexamen des lignes ouvertes."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from clauses.models import Affectation, Constat, EtatReleve, ReleveHeures
from clauses.services.heures import Saisie, precontroler_case, saisir_case, saisir_cases
from clauses.services.heures_etats import changer_etats
from clauses.services.marches import changer_regle
from comptes.regles import Refus
from tests.fabriques import (
    AffectationFactory,
    AgrementFactory,
    ContratFactory,
    EngagementFactory,
    LotFactory,
    Paysage,
    ReleveHeuresFactory,
    TitulaireFactory,
)

AVRIL, MAI = date(2026, 4, 1), date(2026, 5, 1)
AUJOURD_HUI = date(2026, 6, 2)


@pytest.fixture
def paysage(db):
    """Une personne en CDD de 35 h chez Bâti-Rhône, sans heures. Mai 2026 y fait 155 h au plus (31 jours)."""
    paysage = Paysage()
    ReleveHeures.objects.all().delete()
    return paysage


def _saisir(paysage, heures, *, version=0, affectation=None, utilisateur=None):
    return saisir_case(
        affectation=affectation or paysage.affectation,
        nature="travail",
        mois=MAI,
        heures=None if heures is None else Decimal(heures),
        version_lue=version,
        utilisateur=utilisateur or paysage.facilitateur,
        aujourd_hui=AUJOURD_HUI,
    )


def _controler(paysage, heures, utilisateur=None):
    return precontroler_case(
        saisie=Saisie(paysage.affectation.pk, "travail", MAI, Decimal(heures)),
        utilisateur=utilisateur or paysage.facilitateur,
        aujourd_hui=AUJOURD_HUI,
    )


def _codes(releve=None):
    constats = Constat.objects.all() if releve is None else Constat.objects.filter(releve=releve)
    return set(constats.values_list("code", flat=True)) - {"saisi_pour_une_entreprise_muette"}


def _niveaux(paysage, **niveaux):
    return changer_regle(marche=paysage.marche, sections={"controles": niveaux}, par=paysage.facilitateur)


# --- à la saisie -----------------------------------------------------------------------------------------------------


def test_un_avertissement_est_garde_avec_les_heures(paysage):
    """155,01 h pour un contrat de 155 h : les heures sont gardées, et leur constat avec sa phrase, sa limite et sa version."""
    releve = _saisir(paysage, "155.01")
    constat = Constat.objects.get(releve=releve, code="plus_que_le_contrat")
    assert (constat.niveau, constat.version) == ("avertissement", 1)
    assert "soit 155\u00a0h sur ces jours" in constat.phrase
    assert constat.limite == "heures par semaine du contrat × semaines"


def test_a_la_limite_rien_n_est_garde(paysage):
    """155 h tout juste : aucun constat."""
    assert _codes(_saisir(paysage, 155)) == set()


def test_une_nouvelle_valeur_refait_les_constats(paysage):
    """Corrigée, la ligne perd son constat ; vidée, elle n'en a plus."""
    releve = _saisir(paysage, 160)
    assert _codes(releve) == {"plus_que_le_contrat"}
    releve = _saisir(paysage, 150, version=releve.version)
    assert _codes(releve) == set()
    _saisir(paysage, None, version=releve.version)
    assert Constat.objects.count() == 0


def test_le_niveau_du_marche_bloque(paysage):
    """Le marché rend bloquant ce qui avertit : les heures ne s'écrivent plus, la phrase est la même."""
    _niveaux(paysage, plus_que_le_contrat="bloquant")
    refus = _saisir(paysage, 160)
    assert isinstance(refus, Refus)
    assert refus.code == "plus_que_le_contrat"
    assert "soit 155\u00a0h" in refus.phrase
    assert not ReleveHeures.objects.exists()
    assert not Constat.objects.exists()


def test_le_plafond_du_mois_peut_ne_plus_bloquer(paysage):
    """Le plafond plausible s'assouplit ; 230 h sont alors gardées, et signalées."""
    _niveaux(paysage, plafond_mensuel="avertissement")
    assert "plafond_mensuel" in _codes(_saisir(paysage, 230))


def test_un_releve_d_une_autre_operation_se_voit(paysage):
    """Le même contrat, 60 h sur un autre lot : 100 h de plus font 160 h pour 155."""
    lot = LotFactory(marche=paysage.marche, numero="7")
    ailleurs = AffectationFactory(
        contrat=paysage.contrat,
        engagement=EngagementFactory(titulaire=TitulaireFactory(lot=lot, entreprise=paysage.entreprise)),
        eligibilite=paysage.eligibilite,
    )
    ReleveHeuresFactory(affectation=ailleurs, mois=MAI, date_fin=date(2026, 5, 31), heures=60)
    assert _codes(_saisir(paysage, 95)) == set()
    releve = ReleveHeures.objects.get(affectation=paysage.affectation)
    assert _codes(_saisir(paysage, 100, version=releve.version)) == {"deux_operations"}


def test_le_pass_d_un_contrat_d_insertion_est_lu(paysage):
    """Un CDDI après la fin du PASS (13/01/2026) est signalé ; un CDD ordinaire ne l'est pas."""
    paysage.agrement.delete()
    AgrementFactory(beneficiaire=paysage.beneficiaire)
    assert "pass_termine" not in _codes(_saisir(paysage, 100))
    paysage.contrat.type_contrat = "cddi"
    paysage.contrat.save()
    assert "pass_termine" in _codes(_saisir(paysage, 101, version=1))


def test_un_employeur_hors_du_lot_est_signale(paysage):
    """L'employeur n'est pas inscrit sur le lot : le constat dit de l'inscrire."""
    contrat = ContratFactory(beneficiaire=paysage.beneficiaire, employeur=paysage.autre_entreprise)
    ailleurs = AffectationFactory(contrat=contrat, engagement=paysage.engagement, eligibilite=paysage.eligibilite)
    releve = _saisir(paysage, 20, affectation=ailleurs)
    assert _codes(releve) == {"sous_traitant_non_declare"}
    assert "Voltéo n’est ni titulaire" in Constat.objects.get(releve=releve, code="sous_traitant_non_declare").phrase


def test_le_facilitateur_saisit_pour_une_entreprise_muette(paysage):
    """Bâti-Rhône a un compte et n'a rien déclaré : c'est dit au facilitateur ; quand elle déclare elle-même, non."""
    releve = _saisir(paysage, 100)
    assert Constat.objects.get(releve=releve).code == "saisi_pour_une_entreprise_muette"
    releve = _saisir(paysage, 101, version=1, utilisateur=paysage.compte_entreprise)
    assert not Constat.objects.filter(releve=releve).exists()


def test_les_constats_d_un_lot_de_cases_ne_coutent_pas_une_requete_de_plus(paysage, nombre_de_requetes):
    """Une ou trente cases, toutes signalées : autant de requêtes."""
    autres = AffectationFactory.create_batch(30, engagement=paysage.engagement)

    def saisir(affectations, mois):
        cases = [Saisie(a.pk, "travail", mois, Decimal(170)) for a in affectations]
        with nombre_de_requetes() as requetes:
            saisir_cases(saisies=cases, utilisateur=paysage.facilitateur, aujourd_hui=AUJOURD_HUI)
        return len(requetes)

    assert paysage.facilitateur.profil == "facilitateur"
    une = saisir(autres[:1], AVRIL)
    assert saisir(autres, MAI) == une
    assert Constat.objects.filter(code="plus_que_le_contrat", releve__mois=MAI).count() == 30


# --- avant l'envoi ---------------------------------------------------------------------------------------------------


def test_controler_avant_l_envoi_n_ecrit_rien(paysage):
    """Le contrôle dit ce que la saisie donnerait ; ni relevé, ni constat."""
    controle = _controler(paysage, "155.01")
    assert controle.refus is None
    assert "plus_que_le_contrat" in {c.code for c in controle.constats}
    assert not ReleveHeures.objects.exists()
    assert not Constat.objects.exists()


def test_controler_dit_le_refus(paysage):
    """400 h : le même refus qu'à l'envoi."""
    assert _controler(paysage, 400).refus == _saisir(paysage, 400)


def test_controler_une_case_verifiee_dit_qu_elle_est_figee(paysage):
    """Une case déjà vérifiée ne se saisit plus : le contrôle le dit aussi, et la ligne ne change pas."""
    releve = _saisir(paysage, 100)
    changer_etats(releves=[releve], vers=EtatReleve.VERIFIE, utilisateur=paysage.facilitateur)
    saisie = Saisie(paysage.affectation.pk, "travail", MAI, Decimal(120), version_lue=2)
    controle = precontroler_case(saisie=saisie, utilisateur=paysage.facilitateur, aujourd_hui=AUJOURD_HUI)
    assert controle.refus.code == "heures_figees"
    assert ReleveHeures.objects.get(pk=releve.pk).heures == 100


def test_controler_la_case_d_un_autre_n_existe_pas(paysage):
    """Ni une autre structure, ni un acheteur ne contrôle cette case."""
    with pytest.raises(Affectation.DoesNotExist):
        _controler(paysage, 100, utilisateur=paysage.autre_facilitateur)
    with pytest.raises(PermissionDenied):
        _controler(paysage, 100, utilisateur=paysage.compte_acheteur)
