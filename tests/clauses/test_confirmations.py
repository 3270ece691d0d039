"""La chaîne de confirmation par les écrans : approuver, contester, répondre, régler ; l'accord du titulaire, les comptes à part."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clauses.avancement import avancements_des_engagements
from clauses.concordance import avec_sources, concordance
from clauses.cumuls import ecarts, recalculer_tous
from clauses.models import (
    Approbation,
    Engagement,
    EtatReleve,
    Litige,
    RegleClause,
    ReleveHeures,
    RoleTitulaire,
    SourceReleve,
)
from clauses.models.confirmations import releves_a_confirmer, releves_de_la_partie
from clauses.regles.confirmation import nombre_de_sources
from clauses.services.heures import saisir_case
from clauses.services.heures_etats import changer_etats
from tests.fabriques import (
    AffectationFactory,
    EngagementFactory,
    EntrepriseFactory,
    ReleveHeuresFactory,
    TitulaireFactory,
    creer_utilisateur,
)
from tests.lire_html import texte

A_CONFIRMER = reverse("clauses:heures_a_confirmer")
APPROUVER = reverse("clauses:heures_approuver")


@pytest.fixture
def titulaire(paysage):
    """Le navigateur de l'entreprise titulaire du lot."""
    return _client(paysage.compte_entreprise)


@pytest.fixture
def facilitateur(paysage):
    return _client(paysage.facilitateur)


@pytest.fixture
def compte_etti(paysage):
    return creer_utilisateur(paysage.etti)


def _client(utilisateur) -> Client:
    client = Client()
    client.force_login(utilisateur)
    return client


def _relu(objet):
    return type(objet)._default_manager.get(pk=objet.pk)


def _contester(client: Client, releve: ReleveHeures, reconnues: str = "60", **plus: str):
    envoi = {"heures_reconnues": reconnues, "motif": "Le chantier a fermé.", "version": str(releve.version)} | plus
    return client.post(reverse("clauses:releve_contester", args=[releve.pk]), envoi)


def _regler(client: Client, litige: Litige, issue: str, **plus: str):
    envoi = {"issue": issue, "motif": "Vu le pointage signé des deux chefs."} | plus
    return client.post(reverse("clauses:litige_regler", args=[litige.pk]), envoi)


# --- confirmer -------------------------------------------------------------------------------------------------------


def test_le_titulaire_approuve_ce_que_l_etti_a_declare(paysage, titulaire):
    """La page dit qui a déclaré quoi, sans le nom de la personne, qu'il n'emploie pas ; une fois approuvé, plus rien n'est demandé."""
    releve = paysage.releve_a_confirmer
    page = texte(titulaire.get(A_CONFIRMER).content.decode())
    assert "Août 2026" in page
    assert "Coup de main intérim" in page
    assert f"Contrat {str(releve.affectation.contrat_id)[:6].upper()}" in page
    assert releve.affectation.contrat.beneficiaire.nom_naissance not in page
    reponse = titulaire.post(APPROUVER, {"releve": f"{releve.pk}:1"}, follow=True)
    assert "1\u00a0ligne approuvée, 100\u00a0h." in texte(reponse.content.decode())
    approbation = Approbation.objects.get(releve=releve)
    assert (approbation.entreprise, approbation.heures, approbation.par) == (
        paysage.entreprise,
        Decimal(100),
        paysage.compte_entreprise,
    )
    assert "Août 2026" not in texte(titulaire.get(A_CONFIRMER).content.decode())
    assert _relu(releve).etat == EtatReleve.DECLARE


def test_rien_de_coche_se_dit(titulaire):
    assert "Cochez d’abord les heures à approuver." in texte(titulaire.post(APPROUVER, follow=True).content.decode())


def test_des_heures_changees_depuis_ne_s_approuvent_pas(paysage, titulaire):
    ReleveHeures.objects.filter(pk=paysage.releve_a_confirmer.pk).update(heures=Decimal(120), version=2)
    reponse = titulaire.post(APPROUVER, {"releve": f"{paysage.releve_a_confirmer.pk}:1"}, follow=True)
    assert "Ces heures ont changé depuis que vous les avez lues" in texte(reponse.content.decode())
    assert not Approbation.objects.filter(releve=paysage.releve_a_confirmer).exists()


def test_une_approbation_ne_vaut_que_pour_ces_heures(paysage):
    """L'ETTI corrige 100 h en 90 h : le titulaire doit répondre de nouveau, et approuver remplace son accord."""
    releve = paysage.releve_a_confirmer
    client = _client(paysage.compte_entreprise)
    client.post(APPROUVER, {"releve": f"{releve.pk}:1"})
    ReleveHeures.objects.filter(pk=releve.pk).update(heures=Decimal(90), version=2)
    assert releve in releves_a_confirmer(paysage.entreprise)
    client.post(APPROUVER, {"releve": f"{releve.pk}:2"})
    assert releve not in releves_a_confirmer(paysage.entreprise)
    assert [a.heures for a in Approbation.objects.filter(releve=releve)] == [Decimal(90)]


def test_qui_a_declare_n_a_pas_a_repondre(paysage, compte_etti):
    """L'ETTI ne confirme pas ses propres heures ; ce que le facilitateur saisit pour elle, si."""
    assert not releves_a_confirmer(paysage.etti)
    refus = _contester(_client(compte_etti), paysage.releve_a_contester)
    assert refus.status_code == 422
    assert "c’est à l’autre entreprise d’en répondre" in texte(refus.content.decode())
    ReleveHeures.objects.filter(pk=paysage.releve_a_contester.pk).update(
        declarant=None, source=SourceReleve.FACILITATEUR
    )
    assert list(releves_a_confirmer(paysage.etti)) == [paysage.releve_a_contester]


def test_le_donneur_d_ordre_repond_de_son_sous_traitant(paysage):
    sous_traitant = TitulaireFactory(
        lot=paysage.lot,
        entreprise=EntrepriseFactory(nom="Peinture des Balmes"),
        role=RoleTitulaire.SOUS_TRAITANT,
        donneur_ordre=paysage.titulaire,
    )
    affectation = AffectationFactory(
        contrat__employeur=sous_traitant.entreprise, engagement=EngagementFactory(titulaire=sous_traitant)
    )
    releve = ReleveHeuresFactory(affectation=affectation, declarant=sous_traitant.entreprise)
    assert releve in releves_a_confirmer(paysage.entreprise)
    assert releve not in releves_a_confirmer(sous_traitant.entreprise)
    assert not releves_de_la_partie(None)


# --- contester -------------------------------------------------------------------------------------------------------


def test_contester_ouvre_un_litige_et_compte_a_part(paysage, titulaire, facilitateur):
    """Les heures quittent celles à vérifier, sans être validées ni refusées ; le facilitateur le voit à l'accueil."""
    releve = paysage.releve_a_contester
    recalculer_tous()
    avant = _avancement(paysage.engagement)
    reponse = _contester(titulaire, releve)
    litige = Litige.objects.get(releve=releve)
    assert reponse.url == reverse("clauses:litige_detail", args=[litige.pk])
    assert (litige.heures_declarees, litige.heures_reconnues) == (Decimal(100), Decimal(60))
    assert litige.echeance == timezone.localdate() + timedelta(days=15)
    assert _relu(releve).etat == EtatReleve.CONTESTE
    apres = _avancement(paysage.engagement)
    assert (apres.contestees - avant.contestees, avant.en_attente - apres.en_attente) == (100, 100)
    assert (apres.validees, apres.refusees, apres.declarees) == (avant.validees, avant.refusees, avant.declarees)
    assert not ecarts()
    accueil = texte(facilitateur.get("/").content.decode())
    assert "Heures contestées 2 litiges" in accueil


def _avancement(engagement: Engagement):
    (ligne,) = avancements_des_engagements(Engagement.objects.filter(pk=engagement.pk), jour=date(2026, 11, 30))
    return ligne.avancement


@pytest.mark.parametrize(
    ("envoi", "phrase"),
    [
        ({"heures_reconnues": ""}, "heures"),
        ({"heures_reconnues": "beaucoup"}, "nombre"),
        ({"heures_reconnues": "100"}, "il n’y a pas de désaccord"),
        ({"heures_reconnues": "800"}, "744"),
        ({"motif": ""}, "obligatoire"),
        ({"motif": "Voir 2 84 04 69 123 456 78"}, "numéro de sécurité sociale"),
        ({"version": "7"}, "ont changé depuis"),
    ],
    ids=["vide", "mot", "sans désaccord", "trop", "sans motif", "nir", "version"],
)
def test_une_contestation_fausse_garde_ce_qui_est_tape(paysage, titulaire, envoi, phrase):
    reponse = _contester(titulaire, paysage.releve_a_contester, **({"motif": "Le chantier a fermé."} | envoi))
    page = reponse.content.decode()
    assert reponse.status_code == 422
    assert phrase in texte(page)
    assert "motif" in envoi or "Le chantier a fermé." in page
    assert _relu(paysage.releve_a_contester).etat == EtatReleve.DECLARE
    assert not Litige.objects.filter(releve=paysage.releve_a_contester).exists()


def test_contester_retire_l_accord_donne(paysage, titulaire):
    titulaire.post(APPROUVER, {"releve": f"{paysage.releve_a_contester.pk}:1"})
    _contester(titulaire, paysage.releve_a_contester)
    assert not Approbation.objects.filter(releve=paysage.releve_a_contester).exists()


def test_contestees_elles_ne_se_valident_ni_ne_se_saisissent(paysage):
    conteste = paysage.litige.releve
    fait = changer_etats(releves=[conteste], vers=EtatReleve.VERIFIE, utilisateur=paysage.facilitateur)
    assert [refus.code for _, refus in fait.refus] == ["litige_ouvert"]
    refus = saisir_case(
        affectation=conteste.affectation,
        nature=conteste.nature,
        mois=conteste.mois,
        heures=Decimal(80),
        version_lue=conteste.version,
        utilisateur=paysage.facilitateur,
    )
    assert refus.code == "litige_ouvert"


# --- le litige -------------------------------------------------------------------------------------------------------


def test_le_fil_se_lit_des_deux_cotes(paysage, titulaire, compte_etti):
    """Le titulaire ne lit pas le nom de la personne ; l'ETTI, qui l'emploie, le lit."""
    adresse = reverse("clauses:litige_detail", args=[paysage.litige.pk])
    _client(compte_etti).post(
        reverse("clauses:litige_repondre", args=[paysage.litige.pk]), {"texte": "Le pointage porte vos initiales."}
    )
    nom = paysage.litige.releve.affectation.contrat.beneficiaire.nom_naissance
    lu = texte(titulaire.get(adresse).content.decode())
    assert "Le chantier a fermé deux jours." in lu
    assert "Le pointage porte vos initiales." in lu
    assert nom not in lu
    assert nom in texte(_client(compte_etti).get(adresse).content.decode())


@pytest.mark.parametrize(
    ("issue", "retenues", "etat", "heures"),
    [("maintenues", "", "verifie", 100), ("corrigees", "80", "rectifie", 80), ("refusees", "", "refuse", 100)],
)
def test_regler_rend_les_heures_au_chemin_de_la_validation(paysage, facilitateur, issue, retenues, etat, heures):
    recalculer_tous()
    reponse = _regler(facilitateur, paysage.litige, issue, retenues=retenues)
    assert reponse.status_code == 302, texte(reponse.content.decode())
    litige, releve = _relu(paysage.litige), _relu(paysage.litige.releve)
    assert (releve.etat, releve.heures) == (etat, heures)
    assert litige.heures_retenues == {"maintenues": 100, "corrigees": 80, "refusees": 0}[issue]
    assert (litige.clos_par, litige.est_ouvert) == (paysage.facilitateur, False)
    assert "Vu le pointage signé" in litige.messages.last().texte
    assert not ecarts()


def test_un_litige_regle_ne_change_plus(paysage, facilitateur, titulaire):
    regle = paysage.litige_regle
    refus = _regler(facilitateur, regle, "refusees")
    assert refus.status_code == 422
    assert "Ce litige est déjà réglé." in texte(refus.content.decode())
    muet = titulaire.post(reverse("clauses:litige_repondre", args=[regle.pk]), {"texte": "Encore un mot."})
    assert muet.status_code == 422
    assert _relu(regle).issue == "maintenues"
    assert not regle.messages.exists()


@pytest.mark.parametrize(
    ("envoi", "phrase"),
    [
        ({"issue": "corrigees", "retenues": ""}, "Écrivez les heures retenues"),
        ({"issue": "corrigees", "retenues": "100"}, "choisissez de les maintenir"),
        ({"issue": "corrigees", "retenues": "700"}, "700\u00a0h"),
        ({"issue": ""}, "obligatoire"),
        ({"issue": "inventee"}, "inventee"),
    ],
    ids=["sans heures", "les mêmes", "trop pour un mois", "sans issue", "issue inconnue"],
)
def test_un_reglement_faux_ne_change_rien(paysage, facilitateur, envoi, phrase):
    reponse = _regler(facilitateur, paysage.litige, **envoi)
    assert reponse.status_code == 422
    assert phrase in texte(reponse.content.decode())
    assert _relu(paysage.litige).est_ouvert
    assert _relu(paysage.litige.releve).etat == EtatReleve.CONTESTE
    assert paysage.litige.messages.count() == 1


def test_la_liste_separe_ouverts_et_regles(paysage, facilitateur):
    adresse = reverse("clauses:litige_liste")
    ouverts = texte(facilitateur.get(adresse).content.decode())
    assert "septembre 2026" in ouverts
    assert "juin 2026" not in ouverts
    assert "juin 2026" in texte(facilitateur.get(f"{adresse}?etat=regles").content.decode())


# --- l'accord du titulaire -------------------------------------------------------------------------------------------


def _exiger(paysage, facilitateur, **plus: str):
    adresse = reverse("clauses:regle_confirmation", args=[paysage.marche.pk])
    return facilitateur.post(adresse, {"exige": "on", "silence_jours": "15", "litige_jours": "20"} | plus)


def _valider(paysage, releve: ReleveHeures) -> str | None:
    ReleveHeures.objects.filter(pk=releve.pk).update(etat=EtatReleve.VERIFIE)
    fait = changer_etats(releves=[_relu(releve)], vers=EtatReleve.VALIDE, utilisateur=paysage.facilitateur)
    return fait.refus[0][1].code if fait.refus else None


def test_la_regle_du_marche_exige_l_accord(paysage, facilitateur, titulaire):
    """Sans accord, la validation attend ; approuvées, les mêmes heures passent. Ce que le titulaire déclare lui-même passe."""
    assert _exiger(paysage, facilitateur).status_code == 302
    options = RegleClause.objects.get(marche=paysage.marche, est_courante=True).options["confirmation"]
    assert options == {"exige": True, "silence_jours": 15, "litige_jours": 20}
    releve = paysage.releve_a_confirmer
    ReleveHeures.objects.filter(pk=releve.pk).update(saisi_le=timezone.now())
    assert _valider(paysage, releve) == "accord_attendu"
    titulaire.post(APPROUVER, {"releve": f"{releve.pk}:{_relu(releve).version}"})
    assert _valider(paysage, releve) is None
    _contester(titulaire, paysage.releve_a_contester)
    litige = Litige.objects.get(releve=paysage.releve_a_contester)
    assert litige.echeance == timezone.localdate() + timedelta(days=20)


def test_le_silence_du_titulaire_ne_retient_pas_toujours(paysage, facilitateur):
    _exiger(paysage, facilitateur)
    releve = paysage.releve_a_confirmer
    ReleveHeures.objects.filter(pk=releve.pk).update(saisi_le=timezone.now() - timedelta(days=16))
    assert _valider(paysage, releve) is None


def test_sans_exigence_rien_n_attend(paysage):
    assert _valider(paysage, paysage.releve_a_confirmer) is None


def test_un_delai_impossible_revient_explique(paysage, facilitateur):
    page = texte(_exiger(paysage, facilitateur, silence_jours="200").content.decode())
    assert "inférieure ou égale à 90" in page
    assert not RegleClause.objects.filter(marche=paysage.marche, options__has_key="confirmation").exists()


# --- qui a dit quoi --------------------------------------------------------------------------------------------------


def test_ce_que_le_facilitateur_saisit_est_marque(paysage, facilitateur, compte_etti):
    """La même case, saisie pour l'entreprise muette puis reprise par elle : la fiche dit chaque fois qui l'a déclarée."""
    affectation = paysage.releve_a_confirmer.affectation
    saisie = {"affectation": affectation, "nature": "formation", "mois": date(2026, 8, 1)}
    releve = saisir_case(**saisie, heures=Decimal(10), version_lue=0, utilisateur=paysage.facilitateur)
    adresse = reverse("clauses:releve_detail", args=[releve.pk])
    assert "le facilitateur, à la place de l’entreprise" in texte(facilitateur.get(adresse).content.decode())
    saisir_case(**saisie, heures=Decimal(12), version_lue=1, utilisateur=compte_etti)
    assert _relu(releve).declarant == paysage.etti
    assert "à la place de l’entreprise" not in texte(facilitateur.get(adresse).content.decode())


def test_la_part_concordante_suit_la_regle(paysage):
    """En SQL comme dans la règle : déclaration, accord d'une autre entreprise sur le même nombre, bulletin d'au moins autant."""
    releves = ReleveHeures.objects.filter(affectation=paysage.releve_a_confirmer.affectation)
    releves.filter(mois=date(2026, 8, 1)).update(heures_bulletin=Decimal("99.99"))
    releves.filter(mois=date(2026, 7, 1)).update(heures_bulletin=Decimal(140))
    releves.update(etat=EtatReleve.VALIDE)
    mai = releves.get(mois=date(2026, 5, 1))
    for releve in avec_sources(releves):
        attendu = nombre_de_sources(
            est_declaree=releve.source == SourceReleve.ENTREPRISE,
            approbations=releve.approbations.filter(heures=releve.heures).count(),
            heures=releve.heures,
            heures_bulletin=releve.heures_bulletin,
        )
        assert releve.sources == attendu, releve.mois
    ici = Engagement.objects.filter(pk=paysage.engagement.pk)
    ReleveHeures.objects.exclude(affectation=mai.affectation).exclude(etat=EtatReleve.VALIDE).delete()
    avant = concordance(ici, arrete_au=date(2026, 11, 30))
    # Mai (accord du titulaire) et juillet (bulletin) : deux fois 100 h.
    assert avant.concordantes == Decimal(200)
    Approbation.objects.filter(releve=mai).update(heures=Decimal(99))
    apres = concordance(ici, arrete_au=date(2026, 11, 30))
    assert (apres.concordantes, apres.heures) == (Decimal(100), avant.heures)
    assert concordance(ici, arrete_au=date(2020, 1, 31)).pourcentage is None


def test_ni_la_page_ni_la_liste_ne_font_une_requete_par_ligne(
    paysage, titulaire, facilitateur, django_assert_max_num_queries
):
    for numero in range(12):
        affectation = AffectationFactory(
            contrat__beneficiaire__structure=paysage.structure,
            contrat__employeur=paysage.etti,
            engagement=paysage.engagement,
        )
        releve = ReleveHeuresFactory(affectation=affectation, declarant=paysage.etti, mois=date(2026, 8, 1))
        if numero % 2:
            _contester(titulaire, releve)
    with django_assert_max_num_queries(14):
        assert "Août 2026" in texte(titulaire.get(A_CONFIRMER).content.decode())
    with django_assert_max_num_queries(14):
        assert texte(facilitateur.get(reverse("clauses:litige_liste")).content.decode()).count("août 2026") == 6
