"""Les écrans des offres et des candidatures : chercher, publier, proposer, répondre, et ce que chacun y lit."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from beneficiaires.communes import cle_commune
from beneficiaires.models import Commune
from clauses.models import Candidature, Offre
from clauses.regles.candidatures import EtatCandidature
from tests.fabriques import (
    AUJOURD_HUI,
    AffectationFactory,
    BeneficiaireFactory,
    CandidatureFactory,
    ContratFactory,
    EligibiliteFactory,
    OffreFactory,
    PartageFactory,
    Paysage,
    il_y_a,
)
from tests.lire_html import texte

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("le_17_novembre")]
LISTE, CANDIDATURES = reverse("clauses:offre_liste"), reverse("clauses:candidature_liste")
REQUETES_AU_PLUS = 15


@pytest.fixture
def le_17_novembre(time_machine):
    time_machine.move_to(AUJOURD_HUI, tick=False)


@pytest.fixture
def paysage():
    return Paysage()


@pytest.fixture
def visiter(client):
    """Ouvre une page en tant que quelqu'un, et rend son texte."""

    def ouvrir(compte, adresse, attendu=200):
        client.force_login(compte)
        reponse = client.get(adresse)
        assert reponse.status_code == attendu
        return texte(reponse.content.decode())

    return ouvrir


@pytest.fixture
def envoyer(client):
    def poster(compte, adresse, donnees):
        client.force_login(compte)
        return client.post(adresse, donnees)

    return poster


def commune(code, nom, latitude, longitude, postal):
    return Commune.objects.create(
        code=code,
        nom=nom,
        cle=cle_commune(nom),
        departement=code[:2],
        codes_postaux=[postal],
        latitude=latitude,
        longitude=longitude,
    )


def page(nom, objet):
    return reverse(f"clauses:{nom}", args=[objet.pk])


def candidature(paysage, offre, **champs):
    return CandidatureFactory(
        offre=offre, prescripteur=paysage.prescripteur, auteur=paysage.compte_prescripteur, **champs
    )


def saisie(paysage, **champs):
    return {
        "engagement": paysage.engagement.pk,
        "metier": "maçonnerie",
        "commune": "Villerive",
        "type_contrat": "cdd",
        "date_debut": "01/12/2026",
        "date_fin": "26/02/2027",
        "heures_hebdo": "35",
        "postes": "2",
        "conditions": "Permis B, chaussures fournies.",
        "action": "publier",
    } | champs


# Chercher --------------------------------------------------------------------------------------------------------------


def test_le_prescripteur_cherche_pres_d_une_commune(paysage, visiter):
    """À 20 km par défaut, de la plus proche à la plus lointaine ; plus loin, élargir le rayon."""
    commune("96001", "Villerive", 45.0, 4.0, "96000")
    for nom, latitude in (("Ici", 45.0), ("Prèsdeci", 45.1), ("Auloin", 45.4)):
        OffreFactory(engagement=paysage.engagement, commune=nom, latitude=latitude, longitude=4.0)
    lu = visiter(paysage.compte_prescripteur, f"{LISTE}?commune=villerive")
    assert "2\u00a0offres sur 3" in lu
    assert lu.index("à moins de 1\u00a0km") < lu.index("à 11\u00a0km")  # un dixième de degré : 11,1 km
    assert "Auloin" not in lu
    assert "à 44\u00a0km" in visiter(paysage.compte_prescripteur, f"{LISTE}?commune=96000&rayon=50")


def test_sans_referentiel_la_commune_se_compare_par_son_nom(paysage, visiter):
    OffreFactory(engagement=paysage.engagement, commune="St-Étienne")
    OffreFactory(engagement=paysage.engagement, commune="Villerive")
    lu = visiter(paysage.compte_prescripteur, f"{LISTE}?commune=saint etienne")
    assert "1\u00a0offre sur 2" in lu
    assert "St-Étienne" in lu


def test_une_commune_inconnue_se_dit_au_lieu_d_elargir_la_distance(paysage, visiter):
    """« Viler » n'est ni une commune ni le lieu d'une offre : élargir la distance n'y ferait rien, s'y abonner non plus."""
    commune("96001", "Villerive", 45.0, 4.0, "96000")
    OffreFactory(engagement=paysage.engagement, commune="Villerive", latitude=45.0, longitude=4.0)
    lu = visiter(paysage.compte_prescripteur, f"{LISTE}?commune=Viler")
    assert "Le répertoire n’a pas de commune «\u00a0Viler\u00a0»" in lu
    assert "Élargissez la distance" not in lu
    assert "Recevoir par courriel" not in lu
    loin = visiter(paysage.compte_prescripteur, f"{LISTE}?commune=villerive&metier=F1703")
    assert "Cette commune n’est pas trouvée" not in loin


def test_des_communes_de_meme_nom_se_choisissent(paysage, visiter):
    commune("96008", "Saint-Aubin", 45.0, 4.0, "96080")
    commune("96009", "Saint-Aubin", 46.0, 4.0, "96090")
    OffreFactory(engagement=paysage.engagement)
    lu = visiter(paysage.compte_prescripteur, f"{LISTE}?commune=saint-aubin")
    assert "Quelle commune\u00a0?" in lu
    assert "Saint-Aubin (96009)" in lu


def test_le_metier_et_la_date_filtrent(paysage, visiter):
    OffreFactory(engagement=paysage.engagement, date_fin=date(2026, 12, 31))
    OffreFactory(engagement=paysage.engagement, metier_id="K2204", date_fin=None, type_contrat="cdi")
    compte = paysage.compte_prescripteur
    assert "1\u00a0offre sur 2" in visiter(compte, f"{LISTE}?metier=F1703")
    assert "1\u00a0offre sur 2" in visiter(compte, f"{LISTE}?disponible_le=01/01/2027")
    assert "2\u00a0offres" in visiter(compte, f"{LISTE}?disponible_le=31/12/2026")
    assert "Aucune offre ne répond" in visiter(compte, f"{LISTE}?metier=F1703&disponible_le=01/01/2027")


@pytest.mark.parametrize(
    "requete",
    [
        "commune=%00",
        "commune=;DROP",
        "rayon=0",
        "rayon=abc",
        "metier=zzzzz",
        "metier=%00",
        "disponible_le=31/02/2026",
        "page=-3",
        "sort=mdp",
    ],
)
def test_une_recherche_abimee_ne_casse_rien(paysage, visiter, requete):
    OffreFactory(engagement=paysage.engagement)
    visiter(paysage.compte_prescripteur, f"{LISTE}?{requete}")


def test_une_offre_fermee_n_est_pas_dans_la_liste(paysage, visiter):
    OffreFactory(engagement=paysage.engagement, etat="brouillon", publiee_le=None)
    OffreFactory(engagement=paysage.engagement, date_debut=date(2026, 9, 1), date_fin=date(2026, 11, 16))
    pourvue = OffreFactory(engagement=paysage.engagement, etat="pourvue")
    assert "Aucune offre ouverte" in visiter(paysage.compte_prescripteur, LISTE)
    visiter(paysage.compte_prescripteur, page("offre_detail", pourvue), attendu=302)


def test_le_lien_d_un_courriel_vers_une_offre_fermee_mene_aux_ouvertes(paysage, client):
    """Rien d'elle ne se lit ; un brouillon, lui, n'existe pas."""
    pourvue = OffreFactory(engagement=paysage.engagement, etat="pourvue", conditions="Permis B.")
    brouillon = OffreFactory(engagement=paysage.engagement, etat="brouillon", publiee_le=None)
    client.force_login(paysage.compte_prescripteur)
    lu = texte(client.get(page("offre_detail", pourvue), follow=True).content.decode())
    assert "Cette offre n’est plus ouverte" in lu
    assert "Permis B." not in lu
    assert client.get(page("offre_detail", brouillon)).status_code == 404


def test_une_operation_partagee_garde_ses_besoins_chez_sa_structure(paysage, visiter, envoyer):
    """L'autre structure, même en écriture, n'y publie ni n'y lit rien."""
    PartageFactory(operation=paysage.operation, structure=paysage.autre_structure, droit="ecriture", en_cours=True)
    offre = OffreFactory(engagement=paysage.engagement)
    assert "Les Peupliers" not in visiter(paysage.autre_facilitateur, reverse("clauses:offre_creer"))
    assert envoyer(paysage.autre_facilitateur, reverse("clauses:offre_creer"), saisie(paysage)).status_code == 422
    visiter(paysage.autre_facilitateur, page("offre_detail", offre), attendu=404)


def test_un_prescripteur_ne_lit_rien_de_l_operation(paysage, visiter):
    """Ni le nom de l'opération, ni le marché, ni le lot, ni l'acheteur."""
    offre = OffreFactory(engagement=paysage.engagement, conditions="Permis B.")
    for adresse in (LISTE, page("offre_detail", offre), f"{reverse('clauses:candidature_creer')}?offre={offre.pk}"):
        lu = visiter(paysage.compte_prescripteur, adresse)
        assert "Bâti-Rhône" in lu
        for mot in ("Les Peupliers", "2026-T0001", "Habitat Confluence", "lot 1"):
            assert mot not in lu


# Publier ---------------------------------------------------------------------------------------------------------------


def test_l_entreprise_publie_un_besoin(paysage, envoyer):
    commune("96001", "Villerive", 45.0, 4.0, "96000")
    reponse = envoyer(paysage.compte_entreprise, reverse("clauses:offre_creer"), saisie(paysage))
    offre = Offre.objects.get()
    assert reponse.url == page("offre_detail", offre)
    assert (offre.etat, offre.metier_id, offre.entreprise) == ("publiee", "F1703", paysage.entreprise)
    assert (offre.commune, offre.code_commune, offre.latitude) == ("Villerive", "96001", 45.0)


def test_le_facilitateur_publie_a_la_place_de_l_entreprise(paysage, envoyer, visiter):
    assert "Bâti-Rhône\u00a0: Résidence Les Peupliers, lot 1" in visiter(
        paysage.facilitateur, reverse("clauses:offre_creer")
    )
    envoyer(paysage.facilitateur, reverse("clauses:offre_creer"), saisie(paysage, action="garder"))
    assert (Offre.objects.get().etat, Offre.objects.get().cree_par) == ("brouillon", paysage.facilitateur)
    assert "Brouillon" in visiter(paysage.compte_entreprise, LISTE)


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        ({"date_fin": "30/11/2026"}, "Le contrat finit le 30 novembre 2026, avant l’embauche du 1er décembre 2026."),
        ({"date_debut": "01/10/2026", "date_fin": "31/10/2026"}, "Cette mission a fini le 31 octobre 2026."),
        ({"date_debut": "31/02/2026"}, "Cette date n’existe pas."),
        ({"type_contrat": "cdi"}, "Un CDI n’a pas de fin prévue"),
        ({"postes": "0"}, "Une offre a au moins un poste."),
        ({"postes": "9999"}, "200\u00a0postes au plus"),
        ({"heures_hebdo": "80"}, "48\u00a0h par semaine au plus"),
        ({"metier": "astronaute martien"}, "Aucun métier ne s’appelle"),
        ({"metier": "astronaute\0"}, "Aucun métier ne s’appelle"),
        ({"commune": ""}, "Indiquez la commune"),
        ({"engagement": "pas-un-identifiant"}, "Ce lot n’est pas dans la liste"),
        ({"engagement": str(uuid4())}, "Ce lot n’est pas dans la liste"),
        ({"conditions": "Son numéro : 1 85 05 78 006 084 91"}, "numéro de sécurité sociale"),
    ],
)
def test_une_saisie_fausse_se_dit_et_ce_qui_est_tape_reste(paysage, envoyer, champs, phrase):
    reponse = envoyer(paysage.compte_entreprise, reverse("clauses:offre_creer"), saisie(paysage, **champs))
    lu = texte(reponse.content.decode())
    assert reponse.status_code == 422
    assert phrase in lu
    assert 'value="maçonnerie"' in reponse.content.decode() or "metier" in champs
    assert not Offre.objects.exists()


def test_une_commune_a_homonymes_demande_laquelle(paysage, envoyer):
    commune("96008", "Saint-Aubin", 45.0, 4.0, "96080")
    commune("96009", "Saint-Aubin", 46.0, 4.0, "96090")
    adresse = reverse("clauses:offre_creer")
    lu = texte(envoyer(paysage.compte_entreprise, adresse, saisie(paysage, commune="Saint-Aubin")).content.decode())
    assert "Recopiez la bonne\u00a0: Saint-Aubin (96008), Saint-Aubin (96009)." in lu
    envoyer(paysage.compte_entreprise, adresse, saisie(paysage, commune="Saint-Aubin (96009)"))
    assert Offre.objects.get().code_commune == "96009"


def test_le_lot_d_une_autre_entreprise_ne_se_choisit_pas(paysage, envoyer):
    reponse = envoyer(paysage.autre_compte_entreprise, reverse("clauses:offre_creer"), saisie(paysage))
    assert reponse.status_code == 422
    assert not Offre.objects.exists()


def test_modifier_garde_le_lot_et_la_commune_reconnue(paysage, envoyer, visiter):
    commune("96001", "Villerive", 45.0, 4.0, "96000")
    envoyer(paysage.compte_entreprise, reverse("clauses:offre_creer"), saisie(paysage))
    offre = Offre.objects.get()
    envoyer(
        paysage.compte_entreprise,
        page("offre_modifier", offre),
        saisie(paysage, postes="3", engagement=str(uuid4()), commune="Villerive (96001)"),
    )
    offre.refresh_from_db()
    assert (offre.postes, offre.engagement, offre.etat) == (3, paysage.engagement, "publiee")


def test_une_offre_se_retire_puis_se_publie_de_nouveau(paysage, envoyer, visiter):
    offre = OffreFactory(engagement=paysage.engagement)
    candidature(paysage, offre)
    lu = visiter(paysage.compte_entreprise, page("offre_retirer", offre))
    assert "1\u00a0candidature sans décision recevra une réponse" in lu
    envoyer(paysage.compte_entreprise, page("offre_retirer", offre), {})
    assert "L’entreprise a retiré cette offre." in visiter(paysage.compte_entreprise, page("offre_detail", offre))
    envoyer(paysage.facilitateur, page("offre_publier", offre), {})
    offre.refresh_from_db()
    assert offre.etat == "publiee"


# Proposer --------------------------------------------------------------------------------------------------------------


def proposition(personne, **champs):
    return {
        "beneficiaire": personne.pk,
        "presentation": "Cherche un poste de maçon, a déjà travaillé en équipe.",
        "disponible_le": "01/12/2026",
        "consentement": "on",
    } | champs


def test_le_prescripteur_propose_une_personne(paysage, envoyer, visiter):
    offre = OffreFactory(engagement=paysage.engagement)
    adresse = f"{reverse('clauses:candidature_creer')}?offre={offre.pk}"
    ailleurs = BeneficiaireFactory(structure=paysage.autre_structure, prescripteur=paysage.prescripteur)
    lu = visiter(paysage.compte_prescripteur, adresse)
    assert paysage.beneficiaire.nom_complet in lu
    assert ailleurs.nom_complet not in lu
    assert "Orientez-la d’abord vers Maison de l’emploi du Confluent" in lu
    envoyer(paysage.compte_prescripteur, adresse, proposition(paysage.beneficiaire))
    assert Candidature.objects.get().beneficiaire == paysage.beneficiaire
    assert "la réponse de Bâti-Rhône est attendue" in visiter(paysage.compte_prescripteur, CANDIDATURES)
    assert paysage.beneficiaire.nom_complet not in visiter(paysage.compte_prescripteur, adresse)  # déjà proposée


def test_sans_personne_orientee_la_page_mene_a_l_orientation(paysage, visiter):
    offre = OffreFactory(engagement=paysage.engagement)
    lu = visiter(paysage.autre_compte_prescripteur, f"{reverse('clauses:candidature_creer')}?offre={offre.pk}")
    assert "Orientez d’abord la personne" in lu


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        ({"consentement": ""}, "Demandez d’abord son accord à la personne"),
        ({"presentation": "Motivée."}, "Écrivez une phrase ou deux"),
        ({"presentation": "NIR 1 85 05 78 006 084 91, très motivée."}, "numéro de sécurité sociale"),
        ({"disponible_le": "demain"}, "Cette date n’existe pas."),
        ({"beneficiaire": str(uuid4())}, "Cette personne n’est pas à proposer ici"),
        ({"beneficiaire": "' OR 1=1"}, "Cette personne n’est pas à proposer ici"),
    ],
)
def test_une_proposition_fausse_se_dit(paysage, envoyer, champs, phrase):
    offre = OffreFactory(engagement=paysage.engagement)
    adresse = f"{reverse('clauses:candidature_creer')}?offre={offre.pk}"
    reponse = envoyer(paysage.compte_prescripteur, adresse, proposition(paysage.beneficiaire, **champs))
    assert reponse.status_code == 422
    assert phrase in texte(reponse.content.decode())
    assert not Candidature.objects.exists()


@pytest.mark.parametrize("offre", ["", "abc", "00000000-0000-4000-8000-000000000000"])
def test_une_offre_inconnue_est_introuvable(paysage, visiter, offre):
    visiter(paysage.compte_prescripteur, f"{reverse('clauses:candidature_creer')}?offre={offre}", attendu=404)


def test_une_offre_finie_entre_temps_ramene_a_sa_page(paysage, client):
    offre = OffreFactory(engagement=paysage.engagement, etat="pourvue")
    candidature(paysage, offre, etat="sans_suite")
    client.force_login(paysage.compte_prescripteur)
    adresse = f"{reverse('clauses:candidature_creer')}?offre={offre.pk}"
    reponse = client.post(adresse, proposition(paysage.beneficiaire), follow=True)
    assert "Tous les postes de cette offre sont pourvus." in texte(reponse.content.decode())
    assert Candidature.objects.count() == 1


# Répondre --------------------------------------------------------------------------------------------------------------


def nommee(paysage, offre, **champs):
    return candidature(
        paysage,
        offre,
        beneficiaire__prenom="Zénobie",
        beneficiaire__nom_naissance="Quatremère",
        beneficiaire__date_naissance=date(1987, 3, 9),
        **champs,
    )


def test_l_entreprise_lit_le_nom_quand_elle_rencontre(paysage, envoyer, visiter):
    """Un prénom et une initiale, puis le nom entier ; refusée, il se referme. Jamais la date de naissance."""
    offre = OffreFactory(engagement=paysage.engagement)
    c = nommee(paysage, offre)
    pages = (page("candidature_detail", c), page("offre_detail", offre), CANDIDATURES, f"{CANDIDATURES}?export=csv")
    for adresse in pages:
        lu = visiter(paysage.compte_entreprise, adresse)
        assert "Zénobie Q." in lu
        assert "Quatremère" not in lu
    envoyer(
        paysage.compte_entreprise, page("candidature_repondre", c), {"vers": "rencontre", "rencontre_le": "20/11/2026"}
    )
    for adresse in pages:
        lu = visiter(paysage.compte_entreprise, adresse)
        assert "Zénobie Quatremère" in lu
        assert "1987" not in lu
    assert "Vous rencontrez la personne le 20 novembre 2026." in visiter(paysage.compte_entreprise, pages[0])
    assert "Bâti-Rhône rencontre la personne le 20 novembre 2026." in visiter(paysage.compte_prescripteur, pages[0])
    envoyer(paysage.compte_entreprise, page("candidature_repondre", c), {"vers": "refusee", "motif": "experience"})
    assert "Quatremère" not in visiter(paysage.compte_entreprise, pages[0])


def test_du_oui_de_l_entreprise_au_contrat_du_facilitateur(paysage, envoyer, visiter, client):
    """Retenue : le facilitateur a les deux gestes sous la main, et le contrat reprend ce que dit l'offre."""
    offre = OffreFactory(engagement=paysage.engagement, metier_id="F1703")
    c = candidature(paysage, offre, etat=EtatCandidature.RENCONTRE)
    EligibiliteFactory(
        operation=paysage.operation, beneficiaire=c.beneficiaire, regle=paysage.regle, decide_par=paysage.facilitateur
    )
    envoyer(paysage.compte_entreprise, page("candidature_repondre", c), {"vers": "retenue"})
    lu = visiter(paysage.facilitateur, page("candidature_detail", c))
    assert "Vérifier son éligibilité" in lu
    adresse = f"{reverse('clauses:placement_creer', args=[c.beneficiaire_id])}?candidature={c.pk}"
    form = client.get(adresse).context["form"]
    valeurs = {nom: str(form[nom].value()) for nom in ("type_contrat", "employeur", "date_debut", "date_fin", "metier")}
    assert valeurs == {
        "type_contrat": "cdd",
        "employeur": str(paysage.entreprise.pk),
        "date_debut": "2026-12-01",
        "date_fin": "2027-02-26",
        "metier": "Maçonnerie (F1703)",
    }
    assert form["engagements"].value() == [paysage.engagement.pk]
    assert "Contrat enregistré" not in visiter(paysage.facilitateur, CANDIDATURES)
    for inconnue in (uuid4(), "abc"):
        visiter(paysage.facilitateur, adresse.replace(str(c.pk), str(inconnue)))


def test_une_personne_placee_ne_se_retire_plus(paysage, envoyer, visiter):
    """Le contrat enregistré tient le poste : ni le bouton, ni un envoi ne rouvrent l'offre."""
    offre = OffreFactory(engagement=paysage.engagement, postes=1, etat="pourvue")
    c = candidature(paysage, offre, etat=EtatCandidature.RETENUE)
    contrat = ContratFactory(beneficiaire=c.beneficiaire, employeur=paysage.entreprise)
    AffectationFactory(
        contrat=contrat,
        engagement=paysage.engagement,
        eligibilite=EligibiliteFactory(operation=paysage.operation, beneficiaire=c.beneficiaire, regle=paysage.regle),
    )
    assert "Retirer la candidature" not in visiter(paysage.compte_prescripteur, page("candidature_detail", c))
    assert "Ne plus la retenir" not in visiter(paysage.compte_entreprise, page("candidature_detail", c))
    envoyer(paysage.compte_prescripteur, page("candidature_retirer", c), {})
    assert "Son contrat est enregistré" in visiter(paysage.compte_prescripteur, page("candidature_detail", c))
    refus = {"vers": "refusee", "motif": "besoin"}
    envoyer(paysage.compte_entreprise, page("candidature_repondre", c), refus)
    c.refresh_from_db()
    offre.refresh_from_db()
    assert (c.etat, offre.etat) == ("retenue", "pourvue")


def test_le_silence_se_lit_des_deux_cotes(paysage, visiter):
    offre = OffreFactory(engagement=paysage.engagement)
    c = candidature(paysage, offre, envoyee_le=il_y_a(9))
    candidature(paysage, offre)
    for compte, geste in (
        (paysage.compte_entreprise, "Répondez, même par un mot"),
        (paysage.compte_prescripteur, "Relancez l’entreprise par un message"),
    ):
        for adresse in (page("candidature_detail", c), f"{CANDIDATURES}?etat=silence"):
            lu = visiter(compte, adresse)
            assert "Sans réponse depuis 9\u00a0jours." in lu
            assert geste in lu
        assert "1\u00a0candidature sur 2" in visiter(compte, f"{CANDIDATURES}?etat=silence")


def test_une_reponse_arrivee_trop_tard_se_dit(paysage, envoyer):
    c = candidature(paysage, OffreFactory(engagement=paysage.engagement), etat="retiree")
    reponse = envoyer(paysage.compte_entreprise, page("candidature_repondre", c), {"vers": "rencontre"})
    assert reponse.status_code == 422
    assert "Cette candidature est retirée par le prescripteur" in texte(reponse.content.decode())


@pytest.mark.parametrize("vers", ["", "embauchee", "retiree", "sans_suite", "\x00"])
def test_une_reponse_inventee_ne_change_rien(paysage, envoyer, vers):
    c = candidature(paysage, OffreFactory(engagement=paysage.engagement))
    envoyer(paysage.compte_entreprise, page("candidature_repondre", c), {"vers": vers})
    c.refresh_from_db()
    assert c.etat == "envoyee"


def test_un_refus_sans_raison_garde_le_mot_tape(paysage, envoyer):
    c = candidature(paysage, OffreFactory(engagement=paysage.engagement))
    envoi = {"vers": "refusee", "message": "Merci pour cette proposition."}
    reponse = envoyer(paysage.compte_entreprise, page("candidature_repondre", c), envoi)
    assert reponse.status_code == 422
    lu = texte(reponse.content.decode())
    assert "la personne a droit à une réponse" in lu
    assert "Merci pour cette proposition." in lu


def test_un_message_se_lit_de_tous_et_ne_porte_pas_de_numero(paysage, envoyer, visiter):
    c = candidature(paysage, OffreFactory(engagement=paysage.engagement))
    envoyer(paysage.compte_entreprise, page("candidature_message", c), {"texte": "A-t-elle <b>le permis</b> ?"})
    reponse = envoyer(paysage.compte_prescripteur, page("candidature_message", c), {"texte": "1 85 05 78 006 084 91"})
    assert reponse.status_code == 422
    assert c.messages.count() == 1
    for compte in (paysage.compte_entreprise, paysage.compte_prescripteur, paysage.facilitateur):
        assert "A-t-elle <b>le permis</b> ?" in visiter(compte, page("candidature_detail", c))


def test_un_nom_qui_ressemble_a_une_formule_reste_un_texte(paysage, client):
    c = candidature(
        paysage,
        OffreFactory(engagement=paysage.engagement),
        beneficiaire__prenom="=1+1",
        beneficiaire__nom_naissance="Caron",
    )
    client.force_login(paysage.compte_prescripteur)
    assert "'=1+1 Caron" in client.get(f"{CANDIDATURES}?export=csv").content.decode("utf-8-sig")
    assert c.etat == "envoyee"


# Le nombre de requêtes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("compte", "adresse"),
    [
        ("compte_prescripteur", LISTE),
        ("compte_entreprise", LISTE),
        ("facilitateur", LISTE),
        ("compte_prescripteur", CANDIDATURES),
        ("compte_entreprise", CANDIDATURES),
        ("facilitateur", CANDIDATURES),
    ],
)
def test_le_nombre_de_requetes_ne_depend_pas_des_lignes(paysage, client, nombre_de_requetes, compte, adresse):
    offre = OffreFactory(engagement=paysage.engagement, postes=60)
    candidature(paysage, offre)
    client.force_login(getattr(paysage, compte))
    client.get(adresse)
    with nombre_de_requetes() as pour_une:
        client.get(adresse)
    for _ in range(49):
        candidature(paysage, OffreFactory(engagement=paysage.engagement))
    with nombre_de_requetes() as pour_cinquante:
        client.get(adresse)
    assert len(pour_cinquante) == len(pour_une) <= REQUETES_AU_PLUS


def test_une_offre_aux_cinquante_candidats_se_lit_en_autant_de_requetes(paysage, client, nombre_de_requetes):
    offre = OffreFactory(engagement=paysage.engagement, postes=60)
    candidature(paysage, offre)
    client.force_login(paysage.compte_entreprise)
    with nombre_de_requetes() as pour_un:
        client.get(page("offre_detail", offre))
    for _ in range(49):
        candidature(paysage, offre)
    with nombre_de_requetes() as pour_cinquante:
        client.get(page("offre_detail", offre))
    assert len(pour_cinquante) == len(pour_un) <= REQUETES_AU_PLUS
