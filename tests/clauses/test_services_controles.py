"""Les contrôles en service : constats gardés avec les heures, contrôle avant l'envoi, réexamen des lignes ouvertes."""

import copy
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from clauses.cumuls import ecarts
from clauses.models import Affectation, Constat, EtatReexamen, EtatReleve, Reexamen, RegleClause, ReleveHeures
from clauses.regles.controles import Niveau
from clauses.services import controles
from clauses.services.heures import Saisie, precontroler_case, saisir_case, saisir_cases
from clauses.services.heures_etats import changer_etats
from clauses.tasks import reexaminer_marche
from comptes.regles import Refus
from tests.fabriques import (
    AffectationFactory,
    AgrementFactory,
    ContratFactory,
    EngagementFactory,
    LotFactory,
    MarcheFactory,
    Paysage,
    ReleveHeuresFactory,
    TitulaireFactory,
)

AVRIL, MAI = date(2026, 4, 1), date(2026, 5, 1)
AUJOURD_HUI = date(2026, 6, 2)


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    """Une personne en CDD de 35 h chez Bâti-Rhône, sans heures. Mai 2026 y fait 155 h au plus (31 jours)."""
    paysage = Paysage()
    ReleveHeures.objects.all().delete()
    return paysage


@pytest.fixture
def paysage(_paysage_bati, db):
    return copy.deepcopy(_paysage_bati)


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
    return controles.changer_niveaux(
        marche=paysage.marche,
        niveaux={code: Niveau(niveau) for code, niveau in niveaux.items()},
        par=paysage.facilitateur,
        aujourd_hui=AUJOURD_HUI,
    )


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


def test_ne_compte_pas_garde_les_heures_et_compte_zero(paysage):
    """160 h gardées mais comptées zéro tant que le contrôle est à ce niveau ; ramené à avertissement, elles comptent de nouveau."""
    _niveaux(paysage, plus_que_le_contrat="ne_compte_pas")
    releve = _saisir(paysage, 160)
    releve.refresh_from_db()
    assert (releve.heures, releve.heures_comptees, releve.motif_ecart) == (160, 0, "controle")
    _niveaux(paysage, plus_que_le_contrat="avertissement")
    releve.refresh_from_db()
    assert (releve.heures, releve.heures_comptees, releve.motif_ecart) == (160, 160, "")
    assert ecarts() == []


def test_une_ligne_validee_garde_son_compte_quand_le_niveau_change(paysage):
    """Validée comptée zéro, elle le reste quand le marché assouplit le contrôle."""
    _niveaux(paysage, plus_que_le_contrat="ne_compte_pas")
    releve = _saisir(paysage, 160)
    for etat in (EtatReleve.VERIFIE, EtatReleve.VALIDE):
        releve.refresh_from_db()
        changer_etats(releves=[releve], vers=etat, utilisateur=paysage.facilitateur)
    _niveaux(paysage, plus_que_le_contrat="avertissement")
    releve.refresh_from_db()
    assert (releve.etat, releve.heures_comptees) == (EtatReleve.VALIDE, 0)


def test_des_heures_que_la_regle_ne_compte_pas_le_disent(paysage):
    """Un stage ne compte pas tant que le marché ne le dit pas ; hors du site non plus."""
    Affectation.objects.update(mode_execution="stage")
    releve = _saisir(paysage, 100)
    constat = Constat.objects.get(releve=releve, code="contrat_hors_clause")
    assert constat.niveau == "ne_compte_pas"
    assert "heures de stage, la règle du marché ne les compte pas" in constat.phrase
    Affectation.objects.update(mode_execution="directe", est_hors_site=True)
    releve = _saisir(paysage, 101, version=1)
    assert "heures faites hors du site" in Constat.objects.get(releve=releve, code="contrat_hors_clause").phrase


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


# --- réexamen --------------------------------------------------------------------------------------------------------


def test_changer_un_niveau_reexamine_les_lignes_ouvertes_et_laisse_les_validees(paysage):
    """Une ligne à vérifier et une vérifiée changent de niveau ; une validée et une refusée gardent leur constat d'alors."""
    etats = [EtatReleve.DECLARE, EtatReleve.VERIFIE, EtatReleve.VALIDE, EtatReleve.REFUSE]
    releves = {}
    for etat, affectation in zip(etats, AffectationFactory.create_batch(4, engagement=paysage.engagement), strict=True):
        releves[etat] = _saisir(paysage, 160, affectation=affectation)
        ReleveHeures.objects.filter(pk=releves[etat].pk).update(etat=etat, motif="x")
    reexamen = _niveaux(paysage, plus_que_le_contrat="ne_compte_pas")
    assert (reexamen.etat, reexamen.faits, reexamen.total) == (EtatReexamen.FINI, 2, 2)
    niveaux = dict(Constat.objects.filter(code="plus_que_le_contrat").values_list("releve__etat", "niveau"))
    assert niveaux == {
        "declare": "ne_compte_pas",
        "verifie": "ne_compte_pas",
        "valide": "avertissement",
        "refuse": "avertissement",
    }


def test_rendre_un_controle_inactif_retire_ses_constats_ouverts(paysage):
    """Inactif, il ne dit plus rien des lignes ouvertes."""
    releve = _saisir(paysage, 160)
    _niveaux(paysage, plus_que_le_contrat="inactif")
    assert "plus_que_le_contrat" not in _codes(releve)


def test_un_autre_marche_ne_bouge_pas(paysage):
    """Le réexamen ne touche que le marché dont la règle a changé."""
    marche = MarcheFactory(operation=paysage.operation, reference="AUTRE-1")
    ailleurs = AffectationFactory(engagement__titulaire__lot__marche=marche)
    releve = _saisir(paysage, 160, affectation=ailleurs)
    avant = set(Constat.objects.filter(releve=releve).values_list("pk", flat=True))
    _niveaux(paysage, plus_que_le_contrat="inactif")
    assert set(Constat.objects.filter(releve=releve).values_list("pk", flat=True)) == avant


def test_sans_changement_rien_ne_se_reexamine(paysage):
    """Enregistrer les mêmes niveaux ne fait ni version ni réexamen."""
    assert _niveaux(paysage) is None
    _niveaux(paysage, mois_identiques="inactif")
    assert _niveaux(paysage, mois_identiques="inactif") is None
    assert Reexamen.objects.count() == 1
    assert RegleClause.objects.get(marche=paysage.marche, est_courante=True).options == {
        "controles": {"mois_identiques": "inactif"}
    }


def test_un_niveau_impossible_ne_change_rien(paysage):
    """Un contrôle à niveau fixe ne s'assouplit pas, et la règle reste ce qu'elle est."""
    with pytest.raises(ValueError, match="Lot clos"):
        _niveaux(paysage, lot_clos="information")
    assert RegleClause.objects.get(marche=paysage.marche, est_courante=True).options == {}


def test_beaucoup_de_lignes_vont_au_worker(paysage, monkeypatch, django_capture_on_commit_callbacks):
    """Au-delà du seuil, la page rend la main, la tâche avance par paquets ; rejouée, elle ne refait rien."""
    monkeypatch.setattr(controles, "REEXAMEN_IMMEDIAT", 2)
    monkeypatch.setattr(controles, "PAQUET", 2)
    confies = []
    monkeypatch.setattr(reexaminer_marche, "delay", confies.append)
    for affectation in AffectationFactory.create_batch(3, engagement=paysage.engagement):
        _saisir(paysage, 160, affectation=affectation)
    with django_capture_on_commit_callbacks(execute=True):
        reexamen = _niveaux(paysage, plus_que_le_contrat="information")
    assert (reexamen.etat, confies) == (EtatReexamen.EN_COURS, [str(reexamen.pk)])
    reexaminer_marche(str(reexamen.pk))
    reexamen.refresh_from_db()
    assert (reexamen.etat, reexamen.faits, reexamen.total) == (EtatReexamen.FINI, 3, 3)
    assert set(Constat.objects.filter(code="plus_que_le_contrat").values_list("niveau", flat=True)) == {"information"}
    avant = set(Constat.objects.values_list("pk", flat=True))
    reexaminer_marche(str(reexamen.pk))
    assert set(Constat.objects.values_list("pk", flat=True)) == avant


def test_une_panne_se_dit_et_se_reprend(paysage, monkeypatch, django_capture_on_commit_callbacks):
    """Arrêté en route, le réexamen est en échec ; « Reprendre » le rend à la file."""
    reexamen = Reexamen.objects.create(marche=paysage.marche, demande_par=paysage.facilitateur)

    def tomber(**_):
        raise RuntimeError

    monkeypatch.setattr(controles, "reexaminer", tomber)
    with pytest.raises(RuntimeError):
        reexaminer_marche(str(reexamen.pk))
    reexamen.refresh_from_db()
    assert reexamen.etat == EtatReexamen.ECHEC
    confies = []
    monkeypatch.setattr(reexaminer_marche, "delay", confies.append)
    with django_capture_on_commit_callbacks(execute=True):
        controles.reprendre(reexamen=reexamen)
    assert confies == [str(reexamen.pk)]


def test_le_reexamen_ne_depend_pas_du_nombre_de_lignes(paysage, nombre_de_requetes):
    """Une ou vingt lignes ouvertes : autant de requêtes."""

    def reexaminer(nombre):
        for affectation in AffectationFactory.create_batch(nombre, engagement=paysage.engagement):
            ReleveHeuresFactory(affectation=affectation, mois=MAI, heures=160, saisi_le=timezone.now())
        reexamen = Reexamen.objects.create(marche=paysage.marche, demande_par=paysage.facilitateur)
        with nombre_de_requetes() as requetes:
            controles.reexaminer(reexamen=reexamen, aujourd_hui=AUJOURD_HUI)
        return len(requetes)

    une = reexaminer(1)
    assert reexaminer(20) == une
