"""Les écrans du parcours : l'ouvrir, passer ses phases, ranger ses étapes ; ce qui est refusé garde la saisie."""

import copy
from datetime import date
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from beneficiaires.models import Consultation
from parcours.models import Agrement, Dispositif, Etape, Parcours, PassagePhase, Phase, TypeEtape
from tests.fabriques import (
    BeneficiaireFactory,
    ContratFactory,
    OrientationFactory,
    Paysage,
    ReleveHeuresFactory,
    SituationFactory,
)
from tests.lire_html import formulaires, texte

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    """Le paysage au 17 novembre 2026 : un CDD du 2 mars 2026, et un parcours ouvert le 2 février 2026."""
    with time_machine.travel("2026-11-17T10:00:00+01:00", tick=False):
        paysage = Paysage()
        paysage.parcours = Parcours.objects.create(
            beneficiaire=paysage.beneficiaire, referent=paysage.facilitateur, date_debut=date(2026, 2, 2)
        )
        paysage.passage = PassagePhase.objects.create(
            parcours=paysage.parcours,
            phase=Phase.DIAGNOSTIC,
            date_debut=date(2026, 2, 2),
            auteur=paysage.facilitateur,
        )
        return paysage


@pytest.fixture
def paysage(_paysage_bati, db):
    with time_machine.travel("2026-11-17T10:00:00+01:00", tick=False):
        yield copy.deepcopy(_paysage_bati)


def adresse(nom: str, objet, *suite) -> str:
    return reverse(nom if ":" in nom else f"parcours:{nom}", args=[objet.pk, *suite])


def lu(reponse) -> str:
    return texte(reponse.content.decode()).replace("\u00a0", " ")


def lire(client, compte, nom: str, objet) -> str:
    client.force_login(compte)
    reponse = client.get(adresse(nom, objet))
    assert reponse.status_code == 200
    return lu(reponse)


def etape(**ecarts) -> dict[str, object]:
    return {"type_etape": "immersion", "date_debut": "09/03/2026", "date_fin": "20/03/2026"} | ecarts


# Ouvrir -------------------------------------------------------------------------------------------------------------


def test_ouvrir_un_parcours_propose_ce_que_dit_le_dossier(client, paysage):
    """Une personne en CEJ : le dispositif, le référent et le prescripteur sont proposés ; le diagnostic s'ouvre ce jour-là."""
    personne = BeneficiaireFactory(
        structure=paysage.structure, prescripteur=paysage.prescripteur, referent=paysage.facilitateur
    )
    SituationFactory(beneficiaire=personne, critere="CEJ", date_debut=date(2026, 10, 1))
    fiche = lire(client, paysage.facilitateur, "reporting:personne_fiche", personne)
    assert "Aucun parcours" in fiche
    page = client.get(adresse("parcours_ouvrir", personne)).content.decode()
    propose = next(f.valeurs for f in formulaires(page) if f.methode == "post")
    assert propose["dispositif"] == ["cej"]
    assert propose["date_debut"] == ["17/11/2026"]
    assert propose["referent"] == [str(paysage.facilitateur.pk)]
    assert propose["prescripteur"] == [str(paysage.prescripteur.pk)]
    envoi = {
        "date_debut": "16/11/2026",
        "dispositif": "cej",
        "referent": paysage.facilitateur.pk,
        "prescripteur": paysage.prescripteur.pk,
    }
    reponse = client.post(adresse("parcours_ouvrir", personne), envoi, follow=True)
    parcours = Parcours.objects.get(beneficiaire=personne)
    assert reponse.redirect_chain[-1][0] == adresse("reporting:parcours_fiche", parcours)
    assert "Parcours ouvert le 16 novembre 2026, en phase de diagnostic" in lu(reponse)
    passage = parcours.passages.get()
    assert (passage.phase, passage.date_debut, passage.auteur) == (
        "diagnostic",
        date(2026, 11, 16),
        paysage.facilitateur,
    )


def test_un_second_parcours_ouvert_est_refuse(client, paysage):
    """La phrase dit quoi faire, la saisie reste, rien d'autre ne change."""
    client.force_login(paysage.facilitateur)
    reponse = client.post(
        adresse("parcours_ouvrir", paysage.beneficiaire), {"date_debut": "16/11/2026", "dispositif": "rsa"}
    )
    assert "Cette personne a déjà un parcours ouvert : il faut le clore avant d’en ouvrir un autre." in lu(reponse)
    assert 'value="16/11/2026"' in reponse.content.decode()
    assert Parcours.objects.count() == 1


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"date_debut": "18/11/2026"}, "est à venir"),
        ({"date_debut": ""}, "Indiquez le jour de l’entrée."),
        ({"date_debut": "31/02/2026"}, "Cette date n’existe pas."),
        ({"date_debut": "01/01/1900"}, "vérifiez l’année"),
        (
            {"date_debut": "07/04/2006"},
            "Le 7 avril 2006, la personne n’avait pas 16 ans. Vérifiez l’année de l’entrée.",
        ),
        ({"dispositif": "inconnu"}, "choix"),
    ],
)
def test_une_mauvaise_entree_est_refusee_et_gardee(client, paysage, saisie, phrase):
    personne = BeneficiaireFactory(structure=paysage.structure)
    client.force_login(paysage.facilitateur)
    envoi = {"date_debut": "16/11/2026", "dispositif": "rsa"} | saisie
    reponse = client.post(adresse("parcours_ouvrir", personne), envoi)
    assert phrase in lu(reponse)
    assert "<title>Erreur" in reponse.content.decode()
    assert not Parcours.objects.filter(beneficiaire=personne).exists()


def test_l_entree_corrigee_emmene_le_diagnostic_mais_pas_au_dela_d_une_etape(client, paysage):
    Etape.objects.create(parcours=paysage.parcours, type_etape=TypeEtape.FORMATION, date_debut=date(2026, 2, 9))
    client.force_login(paysage.facilitateur)
    envoi = {"date_debut": "10/02/2026", "dispositif": "plie"}
    reponse = client.post(adresse("parcours_modifier", paysage.parcours), envoi)
    assert "commence le 9 février 2026 : l’entrée ne peut pas la suivre" in lu(reponse)
    client.post(adresse("parcours_modifier", paysage.parcours), envoi | {"date_debut": "09/02/2026"})
    paysage.parcours.refresh_from_db()
    paysage.passage.refresh_from_db()
    assert (paysage.parcours.date_debut, paysage.passage.date_debut) == (date(2026, 2, 9), date(2026, 2, 9))
    assert paysage.parcours.dispositif == Dispositif.PLIE


def test_un_parcours_ouvert_par_erreur_se_supprime(client, paysage):
    """Rien n'y est noté : il part avec sa première phase, et la personne peut en ouvrir un autre."""
    client.force_login(paysage.facilitateur)
    reponse = client.post(adresse("parcours_supprimer", paysage.parcours), follow=True)
    assert "Parcours ouvert le 2 février 2026 supprimé." in lu(reponse)
    assert not Parcours.objects.exists()
    assert not PassagePhase.objects.exists()


@pytest.mark.parametrize("note", ["etape", "phase"])
def test_un_parcours_ou_quelque_chose_est_note_se_garde(client, paysage, note):
    client.force_login(paysage.facilitateur)
    if note == "etape":
        client.post(adresse("etape_creer", paysage.parcours), etape())
    else:
        suite = {"phase": Phase.ACCOMPAGNEMENT, "date_debut": date(2026, 3, 2), "auteur": paysage.facilitateur}
        PassagePhase.objects.create(parcours=paysage.parcours, **suite)
    reponse = client.post(adresse("parcours_supprimer", paysage.parcours))
    assert reponse.status_code == 422
    assert "y est déjà noté : ce parcours se garde." in lu(reponse)
    assert Parcours.objects.get() == paysage.parcours


# Phases -------------------------------------------------------------------------------------------------------------


def test_les_phases_se_passent_et_gardent_leur_histoire(client, paysage):
    """Finir le diagnostic, sauter l'accompagnement avec sa raison, le rouvrir : trois passages, leur auteur, lisibles."""
    client.force_login(paysage.facilitateur)
    fiche = adresse("reporting:parcours_fiche", paysage.parcours)

    def passer(phase, geste, jour, motif=""):
        envoi = {"geste": geste, "jour": jour, "motif": motif}
        reponse = client.post(adresse("phase_avancer", paysage.parcours, phase), envoi)
        assert reponse.url == fiche
        return lu(client.get(fiche))

    assert "Diagnostic : phase finie." in passer("diagnostic", "finir", "20/02/2026")
    page = passer("accompagnement", "sauter", "23/02/2026", "Bilan et freins déjà suivis par le PLIE")
    assert "Aucune phase ouverte" in page
    page = passer("accompagnement", "rouvrir", "02/11/2026")
    assert "Accompagnement et levée des freins, sautée le 23 février 2026" in page
    assert "Bilan et freins déjà suivis par le PLIE" in page
    assert paysage.facilitateur.get_full_name() in page
    assert PassagePhase.objects.filter(parcours=paysage.parcours).count() == 3


def test_commencer_une_phase_propose_de_finir_celle_d_avant(client, paysage):
    """La case est cochée d'avance ; gardée, le diagnostic finit le même jour, et il se rouvre."""
    client.force_login(paysage.facilitateur)
    ici = adresse("phase_avancer", paysage.parcours, "accompagnement")
    page = client.get(ici).content.decode()
    assert next(f.valeurs for f in formulaires(page) if f.methode == "post")["finir"] == ["diagnostic"]
    reponse = client.post(ici, {"geste": "commencer", "jour": "02/03/2026", "finir": ["diagnostic"]}, follow=True)
    faits = "Accompagnement et levée des freins : phase commencée. Diagnostic : phase finie."
    assert faits in lu(reponse)
    assert list(PassagePhase.objects.values_list("phase", "date_debut", "date_fin")) == [
        ("diagnostic", date(2026, 2, 2), date(2026, 3, 2)),
        ("accompagnement", date(2026, 3, 2), None),
    ]
    diagnostic = adresse("phase_avancer", paysage.parcours, "diagnostic")
    assert "Finir aussi" not in lu(client.get(diagnostic)), "revenir au diagnostic ne finit pas l'accompagnement"
    client.post(diagnostic, {"geste": "rouvrir", "jour": "03/03/2026"})
    assert PassagePhase.objects.filter(date_fin=None).count() == 2


def test_deux_phases_peuvent_se_poursuivre_ensemble(client, paysage):
    """Case décochée, le diagnostic reste ouvert ; sauter une phase n'en finit pas d'autre, même case cochée."""
    client.force_login(paysage.facilitateur)
    ici = adresse("phase_avancer", paysage.parcours, "accompagnement")
    client.post(ici, {"geste": "commencer", "jour": "02/03/2026"})
    assert PassagePhase.objects.filter(date_fin=None).count() == 2
    sortie = adresse("phase_avancer", paysage.parcours, "sortie")
    saut = {"geste": "sauter", "jour": "03/03/2026", "motif": "Embauchée", "finir": ["diagnostic", "accompagnement"]}
    client.post(sortie, saut)
    assert PassagePhase.objects.filter(date_fin=None).count() == 2


def test_la_phase_d_avant_ne_finit_pas_avant_d_avoir_commence(client, paysage):
    """Le diagnostic rouvert le 2 novembre ne finit pas le 2 mars : rien ne change, et la phrase le nomme."""
    client.force_login(paysage.facilitateur)
    PassagePhase.objects.update(date_fin=date(2026, 2, 20))
    client.post(adresse("phase_avancer", paysage.parcours, "diagnostic"), {"geste": "rouvrir", "jour": "02/11/2026"})
    envoi = {"geste": "commencer", "jour": "02/03/2026", "finir": ["diagnostic"]}
    reponse = client.post(adresse("phase_avancer", paysage.parcours, "accompagnement"), envoi)
    assert "Diagnostic : cette phase a commencé le 2 novembre 2026" in lu(reponse)
    assert not PassagePhase.objects.filter(phase=Phase.ACCOMPAGNEMENT).exists()


@pytest.mark.parametrize(
    ("phase", "envoi", "phrase"),
    [
        ("accompagnement", {"geste": "sauter", "jour": "02/11/2026"}, "Dites pourquoi cette phase est sautée."),
        ("diagnostic", {"geste": "finir", "jour": "01/02/2026"}, "avant l’entrée dans le parcours, le 2 février 2026"),
        ("diagnostic", {"geste": "finir", "jour": "18/11/2026"}, "est à venir"),
        ("diagnostic", {"geste": "rouvrir", "jour": "02/11/2026"}, "choix"),
        ("diagnostic", {"geste": "finir", "jour": ""}, "Indiquez le jour."),
        (
            "accompagnement",
            {"geste": "sauter", "jour": "02/11/2026", "motif": "2 84 05 69 123 456 78"},
            "sécurité sociale",
        ),
    ],
)
def test_un_geste_impossible_est_refuse(client, paysage, phase, envoi, phrase):
    client.force_login(paysage.facilitateur)
    reponse = client.post(adresse("phase_avancer", paysage.parcours, phase), envoi)
    assert phrase in lu(reponse)
    assert list(PassagePhase.objects.values_list("phase", "date_fin")) == [("diagnostic", None)]


def test_une_phase_inventee_est_introuvable(client, paysage):
    client.force_login(paysage.facilitateur)
    assert client.get(adresse("phase_avancer", paysage.parcours, "conclusion")).status_code == 404


# Étapes -------------------------------------------------------------------------------------------------------------


def test_un_contrat_signe_se_range_dans_le_parcours_depuis_la_fiche(client, paysage):
    """Le contrat du 2 mars n'est pas une étape : la fiche et le parcours le disent, et mènent au formulaire prêt à envoyer."""
    invitation = "Ajouter ce contrat au parcours"
    for page in ("reporting:personne_fiche", "reporting:parcours_fiche"):
        objet = paysage.beneficiaire if "personne" in page else paysage.parcours
        assert invitation in lire(client, paysage.facilitateur, page, objet)
    assert invitation not in lire(client, paysage.compte_prescripteur, "reporting:parcours_fiche", paysage.parcours)
    client.force_login(paysage.facilitateur)
    lien = f"{adresse('etape_creer', paysage.parcours)}?type=contrat_clause&contrat={paysage.contrat.pk}"
    assert lien in unescape(client.get(adresse("reporting:personne_fiche", paysage.beneficiaire)).content.decode())
    pret = next(f for f in formulaires(client.get(lien).content.decode()) if f.methode == "post").valeurs
    assert (pret["type_etape"], pret["contrat"]) == (["contrat_clause"], [str(paysage.contrat.pk)])
    client.post(adresse("etape_creer", paysage.parcours), {"type_etape": "contrat_clause", "contrat": pret["contrat"]})
    assert Etape.objects.get().contrat == paysage.contrat
    assert invitation not in lire(client, paysage.facilitateur, "reporting:personne_fiche", paysage.beneficiaire)


@pytest.mark.parametrize("contrat", ["pas-un-contrat", "ailleurs"])
def test_le_contrat_d_un_lien_abime_ne_se_choisit_pas(client, paysage, contrat):
    """Un identifiant faux, ou le contrat d'une autre structure : le formulaire s'ouvre sans rien choisir ni nommer."""
    ailleurs = ContratFactory(beneficiaire=BeneficiaireFactory(structure=paysage.autre_structure))
    demande = str(ailleurs.pk) if contrat == "ailleurs" else contrat
    client.force_login(paysage.facilitateur)
    page = client.get(adresse("etape_creer", paysage.parcours), {"type": "contrat_clause", "contrat": demande})
    assert page.status_code == 200
    assert next(f for f in formulaires(page.content.decode()) if f.methode == "post").valeurs["contrat"] == [""]


def test_un_contrat_d_avant_l_entree_ne_se_range_pas(client, paysage):
    """Entrée le 3 mars, le lendemain de l'embauche : le contrat n'est pas du parcours, rien ne l'y invite."""
    Parcours.objects.update(date_debut=date(2026, 3, 3))
    fiche = lire(client, paysage.facilitateur, "reporting:personne_fiche", paysage.beneficiaire)
    assert "Ajouter ce contrat au parcours" not in fiche


def test_une_etape_de_contrat_lit_ses_dates_et_ses_heures_sur_le_contrat(client, paysage):
    """Le CDD du 2 mars, 112 h validées : la page les montre ; le contrat corrigé, l'étape suit sans être touchée."""
    ReleveHeuresFactory(
        affectation=paysage.affectation,
        mois=date(2026, 9, 1),
        heures=112,
        etat="valide",
        saisi_par=paysage.facilitateur,
    )
    client.force_login(paysage.facilitateur)
    envoi = {"type_etape": "contrat_clause", "contrat": paysage.contrat.pk}
    reponse = client.post(adresse("etape_creer", paysage.parcours), envoi, follow=True)
    fin = paysage.contrat.derniere_date
    assert "112 h validées" in lu(reponse)
    assert "Contrat au titre d’une clause" in lu(reponse)
    assert Etape.objects.get().date_debut is None
    paysage.contrat.date_rupture = date(2026, 10, 15)
    paysage.contrat.save()
    page = lire(client, paysage.facilitateur, "reporting:parcours_fiche", paysage.parcours)
    assert fin != date(2026, 10, 15)
    assert "au 15 octobre 2026" in page
    assert "Interrompue" in page


@pytest.mark.parametrize(
    ("envoi", "phrase"),
    [
        (etape(date_fin="08/03/2026"), "avant son début du 9 mars 2026. Corrigez l’une des deux dates."),
        (etape(date_debut="01/02/2026"), "avant l’entrée dans le parcours, le 2 février 2026"),
        (etape(date_debut=""), "Indiquez son premier jour, même prévu."),
        (etape(date_debut="hier"), "Cette date n’existe pas."),
        (etape(type_etape=""), "Choisissez l’étape."),
        (etape(type_etape="contrat_clause"), "Choisissez le contrat."),
        (etape(intitule="Peinture, 2 84 05 69 123 456 78"), "sécurité sociale"),
        (etape(structure="2 84 05 69 123 456 78"), "sécurité sociale"),
        (etape(intitule="x" * 200), "160"),
    ],
)
def test_une_etape_impossible_est_refusee_et_gardee(client, paysage, envoi, phrase):
    client.force_login(paysage.facilitateur)
    reponse = client.post(adresse("etape_creer", paysage.parcours), envoi)
    assert reponse.status_code == 200
    assert phrase in lu(reponse)
    assert "<title>Erreur" in reponse.content.decode()
    assert not Etape.objects.exists()


def test_le_contrat_d_une_autre_personne_ne_se_choisit_pas(client, paysage):
    autre = BeneficiaireFactory(structure=paysage.structure)
    paysage.contrat.beneficiaire = autre
    paysage.contrat.save()
    client.force_login(paysage.facilitateur)
    client.post(
        adresse("etape_creer", paysage.parcours), {"type_etape": "contrat_clause", "contrat": paysage.contrat.pk}
    )
    assert not Etape.objects.exists()


def test_le_meme_contrat_deux_fois_est_refuse(client, paysage):
    Etape.objects.create(parcours=paysage.parcours, type_etape="contrat_clause", contrat=paysage.contrat)
    client.force_login(paysage.facilitateur)
    reponse = client.post(
        adresse("etape_creer", paysage.parcours), {"type_etape": "contrat_clause", "contrat": paysage.contrat.pk}
    )
    assert "Ce contrat est déjà une étape de ce parcours." in lu(reponse)
    assert Etape.objects.count() == 1


def test_conclure_sauter_rouvrir_retirer(client, paysage):
    """Interrompue, avec sa raison et son dernier jour ; rouverte ; retirée. Chaque état se lit sur la page."""
    client.force_login(paysage.facilitateur)
    client.post(adresse("etape_creer", paysage.parcours), etape(intitule="Peinture"))
    immersion = Etape.objects.get()
    page = lire(client, paysage.facilitateur, "reporting:parcours_fiche", paysage.parcours)
    assert "À conclure" in page
    envoi = {"issue": "interrompue", "dernier_jour": "12/03/2026", "motif": ""}
    refus = client.post(adresse("etape_conclure", immersion), envoi)
    assert "Dites pourquoi l’étape est interrompue." in lu(refus)
    page = lu(client.post(adresse("etape_conclure", immersion), envoi | {"motif": "Embauchée"}, follow=True))
    assert "Interrompue" in page and "Embauchée" in page and "du 9 au 12 mars 2026" in page.lower()
    page = lu(client.post(adresse("etape_rouvrir", immersion), follow=True))
    assert "À conclure" in page and "Embauchée" not in page
    client.post(adresse("etape_retirer", immersion))
    assert not Etape.objects.exists()


def test_une_etape_de_contrat_ne_se_conclut_pas_a_la_main(client, paysage):
    liee = Etape.objects.create(parcours=paysage.parcours, type_etape="contrat_clause", contrat=paysage.contrat)
    client.force_login(paysage.facilitateur)
    reponse = client.post(adresse("etape_conclure", liee), {"issue": "sautee", "motif": "Erreur"})
    assert "Cette étape suit son contrat" in lu(reponse)
    liee.refresh_from_db()
    assert liee.issue == ""


def test_hors_du_plie_la_phrase_nomme_l_agrement_et_la_clause(client, paysage):
    """Un parcours PLIE, un agrément fini le 31 mars : le contrat qui continue est signalé, l'éligibilité dite à part."""
    Parcours.objects.update(dispositif=Dispositif.PLIE)
    Agrement.objects.create(
        beneficiaire=paysage.beneficiaire,
        type_agrement="plie",
        porteur="PLIE du Confluent",
        date_debut=date(2024, 4, 1),
        date_fin=date(2026, 3, 31),
    )
    Etape.objects.create(parcours=paysage.parcours, type_etape="contrat_clause", contrat=paysage.contrat)
    page = lire(client, paysage.facilitateur, "reporting:parcours_fiche", paysage.parcours)
    assert "Hors agrément" in page
    assert "se poursuit après la fin du PLIE du Confluent, le 31 mars 2026 (estimation)" in page
    assert "L’éligibilité à la clause, elle, ne change pas, jusqu’au 1er mars 2028 inclus." in page
    fiche = lire(client, paysage.facilitateur, "reporting:personne_fiche", paysage.beneficiaire)
    assert "Hors agrément" in fiche


def test_le_lien_d_immersion_ne_dit_rien_de_la_personne(client, paysage):
    client.force_login(paysage.facilitateur)
    page = client.get(adresse("reporting:parcours_fiche", paysage.parcours)).content.decode()
    debut = page.index("https://immersion-facile.beta.gouv.fr/recherche")
    lien = page[debut : page.index('"', debut)]
    assert f"place={paysage.beneficiaire.commune}" in lien
    for secret in (paysage.beneficiaire.prenom, paysage.beneficiaire.nom_naissance, str(paysage.beneficiaire.pk)):
        assert secret not in lien
    assert 'target="_blank" rel="noopener noreferrer"' in page


# Lire ---------------------------------------------------------------------------------------------------------------


def test_le_prescripteur_lit_sans_rien_changer_et_sa_lecture_est_notee(client, paysage):
    Etape.objects.create(parcours=paysage.parcours, type_etape=TypeEtape.FORMATION, date_debut=date(2026, 3, 2))
    client.force_login(paysage.compte_prescripteur)
    page = client.get(adresse("reporting:parcours_fiche", paysage.parcours)).content.decode()
    assert "Formation" in page
    for geste in ("modifier", "creer", "conclure", "retirer", "sortie/"):
        assert f"/{geste}" not in page.split("<main")[1]
    assert Consultation.objects.get().utilisateur == paysage.compte_prescripteur


def test_le_prescripteur_va_de_son_orientation_au_parcours(client, paysage):
    """« Son dossier » mène au parcours ; tant qu'il n'y en a pas, la page le dit."""
    orientation = OrientationFactory(
        prescripteur=paysage.prescripteur,
        structure=paysage.structure,
        auteur=paysage.compte_prescripteur,
        etat="acceptee",
        beneficiaire=paysage.beneficiaire,
        repondue_le=timezone.now(),
        repondue_par=paysage.facilitateur,
    )
    lien = adresse("reporting:personne_parcours", paysage.beneficiaire)
    client.force_login(paysage.compte_prescripteur)
    detail = client.get(adresse("beneficiaires:orientation_detail", orientation)).content.decode()
    assert f'<a href="{lien}">Son parcours' in detail
    assert client.get(lien).url == adresse("reporting:parcours_fiche", paysage.parcours)
    Parcours.objects.all().delete()
    page = lire(client, paysage.compte_prescripteur, "reporting:personne_parcours", paysage.beneficiaire)
    assert "Vous le lirez ici quand le facilitateur l’aura ouvert." in page
    assert "Ouvrir un parcours" not in page


def test_la_page_coute_autant_avec_une_ou_six_etapes(client, paysage):
    """Contrat, heures, éligibilités, agréments : lus en bloc."""
    client.force_login(paysage.facilitateur)
    url = adresse("reporting:parcours_fiche", paysage.parcours)
    Etape.objects.create(parcours=paysage.parcours, type_etape="contrat_clause", contrat=paysage.contrat)
    client.get(url)

    def requetes() -> int:
        with CaptureQueriesContext(connection) as faites:
            client.get(url)
        return len(faites)

    une = requetes()
    for mois in range(3, 8):
        Etape.objects.create(parcours=paysage.parcours, type_etape=TypeEtape.FORMATION, date_debut=date(2026, mois, 2))
    assert requetes() == une < 30


def test_la_liste_des_parcours_filtre_et_ne_coute_pas_plus(client, paysage):
    """Ouverts par défaut ; par phase, par dispositif, par nom ; même nombre de requêtes à une et à douze lignes."""
    client.force_login(paysage.facilitateur)
    url = reverse("parcours:parcours_liste")
    client.get(url)
    with CaptureQueriesContext(connection) as une:
        assert "1 parcours" in lu(client.get(url))
    for rang in range(11):
        personne = BeneficiaireFactory(structure=paysage.structure, nom_naissance=f"Zed{rang}", nom_usage="")
        Parcours.objects.create(
            beneficiaire=personne, date_debut=date(2026, 1, 5), dispositif="cej", referent=paysage.facilitateur
        )
    with CaptureQueriesContext(connection) as douze:
        client.get(url)
    assert len(douze) == len(une)
    page = lu(client.get(url, {"phase": "diagnostic"}))
    assert paysage.beneficiaire.nom_complet in page and "Zed3" not in page
    page = lu(client.get(url, {"phase": "aucune", "dispositif": "cej", "nom": "zed3"}))
    assert "Zed3" in page and "Zed4" not in page
    assert "Aucun parcours avec ces filtres" in lu(client.get(url, {"etat": "clos"}))
