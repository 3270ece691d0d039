"""Saisir et décider des heures : ce qui est gardé, ce qui est refusé et pourquoi, et ce qui arrive à deux en même temps."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from beneficiaires.periodes import Periode
from clauses.cumuls import ecarts, recalculer_tous
from clauses.models import CumulMensuel, EtatReleve, ReleveHeures, SourceReleve
from clauses.services.heures import Conflit, Saisie, saisir_case, saisir_cases
from clauses.services.heures_etats import changer_etats
from clauses.services.marches import changer_regle
from comptes.regles import Refus
from tests.fabriques import (
    AffectationFactory,
    ContratFactory,
    EngagementFactory,
    LotFactory,
    Paysage,
    ReleveHeuresFactory,
    TitulaireFactory,
    creer_utilisateur,
)

AVRIL, MAI, JUIN = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)
AUJOURD_HUI = date(2026, 6, 30)


def _paysage():
    paysage = Paysage()
    recalculer_tous()
    return paysage


@pytest.fixture
def paysage(db):
    return _paysage()


def _saisir(paysage, heures, *, mois=MAI, version=0, affectation=None, utilisateur=None, nature="travail", **options):
    return saisir_case(
        affectation=affectation or paysage.affectation,
        nature=nature,
        mois=mois,
        heures=None if heures is None else Decimal(heures),
        version_lue=version,
        utilisateur=utilisateur or paysage.facilitateur,
        **{"aujourd_hui": AUJOURD_HUI} | options,
    )


# --- saisir ----------------------------------------------------------------------------------------------------------


def test_une_case_vide_recoit_des_heures_a_verifier(paysage):
    """La saisie crée un relevé « à vérifier » du mois entier, signé, et le cumul du mois suit."""
    releve = _saisir(paysage, "120.5")
    relu = ReleveHeures.objects.get(pk=releve.pk)
    assert (relu.heures, relu.etat, relu.version) == (Decimal("120.5"), EtatReleve.DECLARE, 1)
    assert (relu.date_debut, relu.date_fin) == (MAI, date(2026, 5, 31))
    assert (relu.saisi_par, relu.source) == (paysage.facilitateur, SourceReleve.FACILITATEUR)
    cumul = CumulMensuel.objects.get(engagement=paysage.engagement, mois=MAI)
    assert (cumul.en_attente_heures, cumul.en_attente_nombre) == (Decimal("120.5"), 1)


def test_changer_une_valeur_a_verifier_la_laisse_a_verifier(paysage):
    """Une nouvelle valeur remplace la précédente, augmente la version, garde l'état et l'historique."""
    premier = _saisir(paysage, 100)
    second = _saisir(paysage, 90, version=premier.version)
    assert (second.pk, second.heures, second.etat, second.version) == (premier.pk, 90, EtatReleve.DECLARE, 2)
    historique = ReleveHeures.pgh_event_model.objects.filter(pgh_obj=premier.pk).order_by("pgh_id")
    assert list(historique.values_list("heures", flat=True)) == [100, 90]


def test_vider_une_case_a_verifier_l_efface(paysage):
    """Une case à vérifier vidée redevient vide, et le mois n'a plus de cumul."""
    releve = _saisir(paysage, 100)
    assert _saisir(paysage, None, version=releve.version) is None
    assert not ReleveHeures.objects.filter(mois=MAI).exists()
    assert not CumulMensuel.objects.filter(mois=MAI).exists()


def test_travail_et_formation_sont_deux_cases(paysage):
    """Le même mois porte des heures de travail et des heures de formation."""
    _saisir(paysage, 100)
    _saisir(paysage, 14, nature="formation")
    assert sorted(ReleveHeures.objects.filter(mois=MAI).values_list("nature", "heures")) == [
        ("formation", 14),
        ("travail", 100),
    ]


def test_zero_heure_se_declare(paysage):
    """Zéro dit qu'aucune heure n'a été faite : ce n'est pas une case vide."""
    assert _saisir(paysage, 0).heures == 0


def test_l_entreprise_declare_ses_heures(paysage):
    """Ce que l'entreprise saisit porte sa marque."""
    releve = _saisir(paysage, 80, utilisateur=paysage.compte_entreprise)
    assert (releve.source, releve.saisi_par) == (SourceReleve.ENTREPRISE, paysage.compte_entreprise)


@pytest.mark.parametrize("compte", ["compte_acheteur", "compte_prescripteur"])
def test_un_acheteur_ou_un_prescripteur_ne_saisit_rien(paysage, compte):
    """Ni l'acheteur ni le prescripteur, même celui qui a orienté la personne, n'écrivent des heures."""
    with pytest.raises(PermissionDenied):
        _saisir(paysage, 80, utilisateur=getattr(paysage, compte))
    assert not ReleveHeures.objects.filter(mois=MAI).exists()


# --- fenêtre, contrat, lot -------------------------------------------------------------------------------------------


def test_un_mois_a_cheval_se_saisit_pour_sa_part_permise(paysage):
    """Fenêtre finie le 12/05/2026 (exemple 3) : les heures de mai sont gardées du 1er au 12."""
    paysage.eligibilite.date_debut, paysage.eligibilite.date_fin = date(2024, 5, 13), date(2026, 5, 12)
    paysage.eligibilite.save()
    releve = _saisir(paysage, 60)
    assert (releve.date_debut, releve.date_fin) == (MAI, date(2026, 5, 12))


def test_un_total_a_cheval_donne_pour_le_mois_entier_est_refuse(paysage):
    """Donné pour le mois entier, le même total est refusé et la phrase dit comment le partager."""
    paysage.eligibilite.date_debut, paysage.eligibilite.date_fin = date(2024, 5, 13), date(2026, 5, 12)
    paysage.eligibilite.save()
    refus = _saisir(paysage, 60, periode=Periode(MAI, date(2026, 5, 31)))
    assert refus.code == "a_cheval"
    assert "1–12 / 13–31" in refus.phrase
    assert not ReleveHeures.objects.filter(mois=MAI).exists()


def test_un_marche_au_prorata_garde_le_total_et_compte_ses_jours(paysage):
    """140 h de mai, fenêtre finie le 12/05/2026 : gardées du 1er au 31, 140 × 12 ÷ 31 = 54,19 h comptées, validées comprises."""
    paysage.eligibilite.date_debut, paysage.eligibilite.date_fin = date(2024, 5, 13), date(2026, 5, 12)
    paysage.eligibilite.save()
    changer_regle(
        marche=paysage.marche, sections={"eligibilite": {"mois_a_cheval": "prorata"}}, par=paysage.facilitateur
    )
    releve = _saisir(paysage, 140)
    assert (releve.date_debut, releve.date_fin) == (MAI, date(2026, 5, 31))
    for vers in ("verifie", "valide"):
        releve = ReleveHeures.objects.get(pk=releve.pk)
        assert changer_etats(releves=[releve], vers=vers, utilisateur=paysage.facilitateur).nombre == 1
    releve = ReleveHeures.objects.get(pk=releve.pk)
    assert (releve.heures, releve.heures_comptees) == (140, Decimal("54.19"))
    cumul = CumulMensuel.objects.get(engagement=paysage.engagement, mois=MAI)
    assert (cumul.validees_heures, cumul.ecartees_heures) == (Decimal("54.19"), Decimal("85.81"))
    assert not releve.constats.filter(code="a_cheval").exists()
    refus = _saisir(paysage, 8, mois=JUIN)
    assert refus.code == "apres_fenetre"
    assert ecarts() == []


def test_le_mois_de_la_rupture_s_arrete_avec_le_contrat(paysage):
    """Contrat rompu le 20 mai : la part saisissable va du 1er au 20."""
    paysage.contrat.date_rupture = date(2026, 5, 20)
    paysage.contrat.save()
    assert _saisir(paysage, 60).date_fin == date(2026, 5, 20)


def _sans_fenetre(p):
    p.eligibilite.date_debut = p.eligibilite.date_fin = None
    p.eligibilite.save()


def _fenetre_finie(p):
    p.eligibilite.date_debut, p.eligibilite.date_fin = date(2024, 4, 1), date(2026, 3, 31)
    p.eligibilite.save()


def _contrat_fini(p):
    p.contrat.date_fin = date(2026, 4, 30)
    p.contrat.save()


def _lot_clos(p):
    p.lot.clos_le = date(2026, 6, 15)
    p.lot.save()


def _lot_fini(p):
    p.lot.date_fin = date(2026, 4, 30)
    p.lot.save()


@pytest.mark.parametrize(
    ("preparer", "heures", "mois", "code", "extrait"),
    [
        (_sans_fenetre, "80", MAI, "eligibilite_absente", "l’éligibilité n’est pas ouverte"),
        (_fenetre_finie, "80", MAI, "apres_fenetre", "l’éligibilité s’est arrêtée le 31 mars 2026 inclus"),
        (_contrat_fini, "80", MAI, "apres_contrat", "Pas de contrat du 1er au 31 mai 2026"),
        (_lot_clos, "80", MAI, "lot_clos", "Le lot est clos"),
        (_lot_fini, "80", MAI, "hors_lot", "Le lot ne s’exécute pas du 1er au 31 mai 2026"),
        (None, "80", date(2026, 7, 1), "heures_futures", "Juillet 2026 n’a pas commencé"),
        (None, "-5", MAI, "heures_negatives", "ne peut pas être négatif"),
        (None, "400", MAI, "plafond_mensuel", "plus que les 220\u00a0h plausibles"),
        (None, "1e17", MAI, "heures_impossibles", "ne compte que 744\u00a0h"),
        (None, "10.333", MAI, "heures_decimales", "deux décimales au plus"),
        (None, "NaN", MAI, "heures_illisibles", "pas un nombre d’heures"),
    ],
)
def test_chaque_refus_dit_pourquoi_et_n_ecrit_rien(paysage, preparer, heures, mois, code, extrait):
    """Chaque règle enfreinte donne sa phrase, et rien n'est enregistré."""
    if preparer:
        preparer(paysage)
    avant = ReleveHeures.objects.count()
    refus = _saisir(paysage, heures, mois=mois)
    assert isinstance(refus, Refus)
    assert refus.code == code
    assert extrait in refus.phrase
    assert ReleveHeures.objects.count() == avant


def test_le_plafond_du_mois_compte_les_autres_operations(paysage):
    """150 h déjà déclarées ailleurs pour la même personne : 80 h de plus dépassent 220, 70 h non."""
    ailleurs = AffectationFactory(contrat=ContratFactory(beneficiaire=paysage.beneficiaire))
    ReleveHeuresFactory(affectation=ailleurs, mois=MAI, heures=150)
    refus = _saisir(paysage, 80)
    assert refus.code == "plafond_mensuel"
    assert "150\u00a0h déjà déclarées" in refus.phrase
    assert _saisir(paysage, 70).heures == 70


def test_des_heures_refusees_ne_comptent_plus_dans_le_plafond(paysage):
    """Un relevé refusé n'empêche pas de déclarer le même mois ailleurs."""
    ailleurs = AffectationFactory(contrat=ContratFactory(beneficiaire=paysage.beneficiaire))
    ReleveHeuresFactory(affectation=ailleurs, mois=MAI, heures=200, etat=EtatReleve.REFUSE, motif="Autre chantier")
    assert _saisir(paysage, 150).heures == 150


def test_dans_un_lot_de_saisies_le_plafond_compte_les_cases_precedentes(paysage):
    """Travail 150 h puis formation 80 h envoyés ensemble : la seconde case est refusée, la première gardée."""
    cases = [
        Saisie(paysage.affectation.pk, "travail", MAI, Decimal(150)),
        Saisie(paysage.affectation.pk, "formation", MAI, Decimal(80)),
    ]
    gardee, refusee = saisir_cases(saisies=cases, utilisateur=paysage.facilitateur, aujourd_hui=AUJOURD_HUI)
    assert gardee.heures == 150
    assert refusee.code == "plafond_mensuel"
    assert ecarts() == []


# --- versions et conflits --------------------------------------------------------------------------------------------


def test_ecrire_sur_une_version_depassee_est_un_conflit(paysage):
    """L'entreprise a déclaré 40 h ; saisir 46 h sans les avoir lues ne remplace rien et rend l'autre valeur."""
    autre = _saisir(paysage, 40, utilisateur=paysage.compte_entreprise)
    conflit = _saisir(paysage, 46)
    assert isinstance(conflit, Conflit)
    assert (conflit.releve.heures, conflit.heures_saisies, conflit.version) == (40, 46, autre.version)
    assert conflit.releve.saisi_par == paysage.compte_entreprise
    assert ReleveHeures.objects.get(mois=MAI).heures == 40


def test_ecrire_sur_une_case_videe_entre_temps_est_un_conflit(paysage):
    """La case lue pleine a été vidée par quelqu'un : la saisie ne la remplit pas en silence."""
    releve = _saisir(paysage, 40)
    _saisir(paysage, None, version=releve.version, utilisateur=paysage.compte_entreprise)
    conflit = _saisir(paysage, 46, version=releve.version)
    assert isinstance(conflit, Conflit)
    assert (conflit.releve, conflit.version) == (None, 0)
    assert not ReleveHeures.objects.filter(mois=MAI).exists()


def test_envoyer_deux_fois_la_meme_valeur_n_est_pas_un_conflit(paysage):
    """Un double envoi (réponse perdue) ne change rien et ne se plaint pas."""
    releve = _saisir(paysage, 40)
    assert _saisir(paysage, 40).pk == releve.pk
    assert ReleveHeures.objects.get(pk=releve.pk).version == 1


def _a_deux(*actions):
    """Lance les actions chacune dans son fil et sa transaction, ensemble ; rend leurs résultats."""
    depart, resultats = threading.Barrier(len(actions)), {}

    def executer(rang, action):
        try:
            depart.wait(10)
            resultats[rang] = action()
        finally:
            connection.close()

    fils = [threading.Thread(target=executer, args=paire) for paire in enumerate(actions)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(20)
    assert len(resultats) == len(actions), "une transaction est restée bloquée"
    return [resultats[rang] for rang in range(len(actions))]


@pytest.mark.django_db(transaction=True)
def test_deux_personnes_sur_la_meme_case_vide():
    """De deux saisies simultanées, une seule est gardée ; l'autre reçoit un conflit qui nomme la valeur gardée."""
    paysage = _paysage()
    resultats = _a_deux(
        lambda: _saisir(paysage, 40, utilisateur=paysage.compte_entreprise), lambda: _saisir(paysage, 46)
    )
    (gardee,) = [r for r in resultats if isinstance(r, ReleveHeures)]
    (conflit,) = [r for r in resultats if isinstance(r, Conflit)]
    assert ReleveHeures.objects.get(mois=MAI).heures == gardee.heures == conflit.releve.heures
    assert {gardee.heures, conflit.heures_saisies} == {40, 46}
    assert ecarts() == []


@pytest.mark.django_db(transaction=True)
def test_deux_operations_de_la_meme_personne_ne_passent_pas_le_plafond_a_elles_deux():
    """150 h sur deux opérations au même instant : l'une des deux est refusée par le plafond du mois."""
    paysage = _paysage()
    autre_lot = LotFactory(marche=paysage.marche, numero="2")
    autre = AffectationFactory(
        contrat=paysage.contrat,
        engagement=EngagementFactory(titulaire=TitulaireFactory(lot=autre_lot)),
        eligibilite=paysage.eligibilite,
    )
    resultats = _a_deux(lambda: _saisir(paysage, 150), lambda: _saisir(paysage, 150, affectation=autre))
    assert sorted(isinstance(r, Refus) for r in resultats) == [False, True]
    assert ReleveHeures.objects.filter(mois=MAI).count() == 1


@pytest.mark.django_db(transaction=True)
def test_saisir_pendant_que_l_on_valide_ne_perd_rien():
    """Valider et modifier au même instant : ou bien la valeur lue est validée, ou bien rien ne l'est, jamais l'autre valeur."""
    paysage = _paysage()
    releve = _saisir(paysage, 100)
    changer_etats(releves=[releve], vers=EtatReleve.VERIFIE, utilisateur=paysage.facilitateur)
    lu = ReleveHeures.objects.get(pk=releve.pk)
    changement, saisie = _a_deux(
        lambda: changer_etats(releves=[lu], vers=EtatReleve.VALIDE, utilisateur=paysage.facilitateur),
        lambda: _saisir(paysage, 120, version=lu.version),
    )
    fini = ReleveHeures.objects.get(pk=releve.pk)
    assert (fini.heures, fini.etat, changement.nombre) == (100, EtatReleve.VALIDE, 1)
    assert not isinstance(saisie, ReleveHeures)
    assert ecarts() == []


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_cases(paysage, nombre_de_requetes):
    """Trente cases s'enregistrent en autant de requêtes qu'une seule."""
    autres = AffectationFactory.create_batch(30, engagement=paysage.engagement)

    def saisir(affectations, mois):
        cases = [Saisie(a.pk, "travail", mois, Decimal(50)) for a in affectations]
        with nombre_de_requetes() as requetes:
            resultats = saisir_cases(saisies=cases, utilisateur=paysage.facilitateur, aujourd_hui=AUJOURD_HUI)
        assert all(isinstance(r, ReleveHeures) for r in resultats)
        return len(requetes)

    assert paysage.facilitateur.profil == "facilitateur"  # l'adhésion est lue une fois par requête HTTP, avant la vue
    une = saisir(autres[:1], AVRIL)
    assert saisir(autres, MAI) == une
    assert une < 15


# --- états -----------------------------------------------------------------------------------------------------------


def _changer(paysage, releves, vers, motif="", utilisateur=None):
    return changer_etats(releves=releves, vers=vers, motif=motif, utilisateur=utilisateur or paysage.facilitateur)


def test_verifier_puis_valider_en_masse(paysage, nombre_de_requetes):
    """Vérifier puis valider vingt relevés : les heures validées suivent, sans une requête par relevé."""
    autres = AffectationFactory.create_batch(20, engagement=paysage.engagement)
    releves = [_saisir(paysage, 50, affectation=a) for a in autres]
    assert _changer(paysage, releves, EtatReleve.VERIFIE).nombre == 20
    with nombre_de_requetes() as requetes:
        bilan = _changer(paysage, ReleveHeures.objects.filter(mois=MAI), EtatReleve.VALIDE)
    assert (bilan.nombre, bilan.heures, bilan.refus) == (20, 1000, ())
    assert len(requetes) < 13
    assert CumulMensuel.objects.get(engagement=paysage.engagement, mois=MAI).validees_heures == 1000
    decides = ReleveHeures.objects.filter(mois=MAI)
    assert {r.decide_par for r in decides} == {paysage.facilitateur}


def test_valider_sans_avoir_verifie_est_refuse(paysage):
    """Le passage direct à « validé » n'existe pas : la phrase dit de vérifier d'abord."""
    bilan = _changer(paysage, [_saisir(paysage, 50)], EtatReleve.VALIDE)
    assert bilan.nombre == 0
    assert "vérifiez-les avant de les valider" in bilan.refus[0][1].phrase


def test_refuser_demande_un_motif(paysage):
    """Sans motif, rien n'est refusé ; avec, le motif est gardé et les heures quittent l'attente."""
    releve = _saisir(paysage, 50)
    assert _changer(paysage, [releve], EtatReleve.REFUSE, "  ").refus[0][1].code == "motif_absent"
    assert _changer(paysage, [releve], EtatReleve.REFUSE, "Faites sur un autre chantier").nombre == 1
    releve.refresh_from_db()
    assert (releve.etat, releve.motif) == (EtatReleve.REFUSE, "Faites sur un autre chantier")
    cumul = CumulMensuel.objects.get(engagement=paysage.engagement, mois=MAI)
    assert (cumul.en_attente_heures, cumul.refusees_heures) == (0, 50)


def test_une_case_refusee_saisie_a_nouveau_est_rectifiee(paysage):
    """Corriger une case refusée la rend « rectifiée » et garde la raison du refus sous les yeux."""
    releve = _saisir(paysage, 50)
    _changer(paysage, [releve], EtatReleve.REFUSE, "Deux jours d’absence")
    rectifie = _saisir(paysage, 36, version=2, utilisateur=paysage.compte_entreprise)
    assert (rectifie.etat, rectifie.heures, rectifie.motif) == (EtatReleve.RECTIFIE, 36, "Deux jours d’absence")


@pytest.mark.parametrize("etat", [EtatReleve.VERIFIE, EtatReleve.VALIDE])
def test_une_case_verifiee_ou_validee_ne_se_saisit_plus(paysage, etat):
    """Vérifiée ou validée, une case est figée : la phrase dit qu'elle se rouvre avec un motif."""
    releve = ReleveHeuresFactory(affectation=paysage.affectation, mois=MAI, heures=50, etat=etat)
    refus = _saisir(paysage, 60, version=releve.version)
    assert refus.code == "heures_figees"
    assert "rouvrir, avec un motif" in refus.phrase
    releve.refresh_from_db()
    assert releve.heures == 50


@pytest.mark.parametrize("etat", [EtatReleve.RECTIFIE, EtatReleve.REFUSE])
def test_une_case_deja_decidee_ne_se_vide_pas(paysage, etat):
    """Vider une case refusée ou rectifiée effacerait la décision : elle demande un nouveau total."""
    releve = ReleveHeuresFactory(affectation=paysage.affectation, mois=MAI, heures=50, etat=etat, motif="Absence")
    assert _saisir(paysage, None, version=releve.version).code == "vider_interdit"
    assert ReleveHeures.objects.filter(pk=releve.pk).exists()


def test_rouvrir_une_case_validee_demande_un_motif_et_la_rend_rectifiee(paysage):
    """Rouvrir, motif à l'appui, rend la case modifiable et retire ses heures des validées."""
    releve = ReleveHeuresFactory(affectation=paysage.affectation, mois=MAI, heures=50, etat=EtatReleve.VALIDE)
    assert _changer(paysage, [releve], EtatReleve.RECTIFIE).refus[0][1].code == "motif_absent"
    assert _changer(paysage, [releve], EtatReleve.RECTIFIE, "Relevé corrigé reçu").nombre == 1
    cumul = CumulMensuel.objects.get(engagement=paysage.engagement, mois=MAI)
    assert (cumul.validees_heures, cumul.en_attente_heures) == (0, 50)


@pytest.mark.parametrize("vers", [EtatReleve.VERIFIE, EtatReleve.VALIDE, EtatReleve.REFUSE])
def test_l_entreprise_ne_verifie_ni_ne_valide_ni_ne_refuse(paysage, vers):
    """La décision revient au facilitateur ; l'entreprise lit la phrase qui le dit."""
    depart = EtatReleve.VERIFIE if vers == EtatReleve.VALIDE else EtatReleve.DECLARE
    releve = ReleveHeuresFactory(affectation=paysage.affectation, mois=MAI, heures=50, etat=depart)
    bilan = _changer(paysage, [releve], vers, "motif", utilisateur=paysage.compte_entreprise)
    assert bilan.nombre == 0
    assert bilan.refus[0][1].code == "droit_facilitateur"


def test_valider_une_valeur_changee_depuis_sa_lecture_est_refuse(paysage):
    """Le facilitateur a lu 50 h, l'entreprise a mis 90 h entre-temps : rien n'est vérifié."""
    lu = _saisir(paysage, 50)
    _saisir(paysage, 90, version=1, utilisateur=paysage.compte_entreprise)
    lu.version = 1
    bilan = _changer(paysage, [lu], EtatReleve.VERIFIE)
    assert bilan.nombre == 0
    assert bilan.refus[0][1].code == "change_depuis"
    assert ReleveHeures.objects.get(pk=lu.pk).etat == EtatReleve.DECLARE


def test_un_lot_mele_passe_ce_qui_peut_passer(paysage):
    """Dans un lot, les relevés qui ne peuvent pas changer sont rendus avec leur raison, les autres changent."""
    bon = _saisir(paysage, 50)
    fige = ReleveHeuresFactory(affectation=paysage.affectation, mois=JUIN, heures=40, etat=EtatReleve.VALIDE)
    bilan = _changer(paysage, [bon, fige], EtatReleve.VERIFIE)
    assert [r.pk for r in bilan.releves] == [bon.pk]
    assert [r.pk for r, _ in bilan.refus] == [fige.pk]


def test_les_releves_d_une_autre_structure_sont_ignores(paysage):
    """Un facilitateur d'une autre structure ne change rien ici."""
    releve = _saisir(paysage, 50)
    bilan = _changer(paysage, [releve], EtatReleve.VERIFIE, utilisateur=paysage.autre_facilitateur)
    assert (bilan.nombre, bilan.refus) == (0, ())


def test_une_collegue_de_la_structure_peut_decider(paysage):
    """Tous les comptes de la structure agissent sur les mêmes heures."""
    bilan = _changer(
        paysage, [_saisir(paysage, 50)], EtatReleve.VERIFIE, utilisateur=creer_utilisateur(paysage.structure)
    )
    assert bilan.nombre == 1
