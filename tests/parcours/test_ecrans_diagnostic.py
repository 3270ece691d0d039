"""Le diagnostic à l'écran : sept étapes gardées une à une, reprise, fin, réouverture, comparaison, impression."""

import copy
from datetime import date
from io import BytesIO

import pytest
import time_machine
from django.urls import reverse
from pypdf import PdfReader

from beneficiaires.models import EtatOrientation, MetierRome
from parcours.models import Diagnostic, Frein, Parcours
from tests.fabriques import OrientationFactory, Paysage
from tests.lire_html import formulaires, texte

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    """Le paysage au 17 novembre 2026, et un parcours commencé le 2 février."""
    with time_machine.travel("2026-11-17T10:00:00+01:00", tick=False):
        paysage = Paysage()
        paysage.parcours = Parcours.objects.create(beneficiaire=paysage.beneficiaire, date_debut=date(2026, 2, 2))
        return paysage


@pytest.fixture
def paysage(_paysage_bati, db):
    with time_machine.travel("2026-11-17T10:00:00+01:00", tick=False):
        yield copy.deepcopy(_paysage_bati)


@pytest.fixture
def facilitateur(client, paysage):
    client.force_login(paysage.facilitateur)
    return client


def adresse(nom: str, pk, *suite) -> str:
    return reverse(f"parcours:{nom}", args=[pk, *suite])


def lire(client, url: str) -> str:
    return texte(client.get(url, follow=True).content.decode()).replace("\u00a0", " ")


def ouvrir(client, paysage) -> Diagnostic:
    client.post(adresse("diagnostic_ouvrir", paysage.beneficiaire.pk))
    return Diagnostic.objects.get(fini_le__isnull=True)


def champs(client, url: str) -> dict[str, list[str]]:
    """Ce que le navigateur enverrait si l'on ne touchait à rien."""
    return next(f.valeurs for f in formulaires(client.get(url).content.decode()) if f.methode == "post")


def envoyer(client, diagnostic: Diagnostic, etape: str, **saisie):
    url = adresse("diagnostic_etape", diagnostic.pk, etape)
    return client.post(url, champs(client, url) | saisie)


def diagnostic_fini(paysage, jour: date = date(2026, 3, 2), **reponses) -> Diagnostic:
    return Diagnostic.objects.create(
        parcours=paysage.parcours,
        date_diagnostic=jour,
        auteur=paysage.facilitateur,
        fini_le=f"{jour}T10:00:00+01:00",
        **reponses,
    )


def test_chaque_etape_se_garde_et_mene_a_la_suivante(facilitateur, paysage):
    """Situation gardée : la formation s'ouvre, et la page de la liste dit « 1 étape sur 7 »."""
    diagnostic = ouvrir(facilitateur, paysage)
    reponse = envoyer(facilitateur, diagnostic, "situation", logement="heberge", enfants_a_charge="2")
    assert reponse.url == adresse("diagnostic_etape", diagnostic.pk, "formation")
    diagnostic.refresh_from_db()
    assert (diagnostic.logement, diagnostic.enfants_a_charge, diagnostic.etapes_faites) == ("heberge", 2, ["situation"])
    assert "1 étape sur 7" in lire(facilitateur, adresse("diagnostic_liste", paysage.beneficiaire.pk))
    assert "Étape 2 sur 7 : formation" in lire(facilitateur, reponse.url)


def test_ouvrir_deux_fois_reprend_le_meme_la_ou_il_en_etait(facilitateur, paysage):
    """Un second envoi n'en commence pas un second : il mène à la première étape qui n'est pas faite."""
    diagnostic = ouvrir(facilitateur, paysage)
    envoyer(facilitateur, diagnostic, "situation")
    reponse = facilitateur.post(adresse("diagnostic_ouvrir", paysage.beneficiaire.pk))
    assert reponse.url == adresse("diagnostic_etape", diagnostic.pk, "formation")
    assert Diagnostic.objects.count() == 1


def test_une_etape_refusee_garde_ce_qui_est_tape_et_les_autres_etapes(facilitateur, paysage):
    """60 ans d'expérience à 35 ans : refusé, la phrase le dit, la saisie reste, la situation aussi ; on y revient plus tard."""
    diagnostic = ouvrir(facilitateur, paysage)
    envoyer(facilitateur, diagnostic, "situation", logement="foyer")
    reponse = envoyer(facilitateur, diagnostic, "experience", annees_experience="60", experience="Pose de placo")
    page = texte(reponse.content.decode()).replace("\u00a0", " ")
    assert "d’expérience au plus. Vérifiez le nombre." in page
    assert "Pose de placo" in reponse.content.decode()
    diagnostic.refresh_from_db()
    assert (diagnostic.logement, diagnostic.experience, diagnostic.etapes_faites) == ("foyer", "", ["situation"])
    assert champs(facilitateur, adresse("diagnostic_etape", diagnostic.pk, "experience"))["annees_experience"] == ["60"]
    reprise = facilitateur.post(adresse("diagnostic_ouvrir", paysage.beneficiaire.pk))
    assert reprise.url == adresse("diagnostic_etape", diagnostic.pk, "experience")


def test_un_emploi_fini_avant_la_naissance_se_refuse_sans_erreur(facilitateur, paysage):
    """Une faute de frappe sur le siècle : la phrase le dit, la saisie reste, rien n'est gardé."""
    diagnostic = ouvrir(facilitateur, paysage)
    reponse = envoyer(facilitateur, diagnostic, "experience", fin_dernier_emploi="01/09/1924")
    page = texte(reponse.content.decode()).replace("\u00a0", " ")
    assert "À cette date, la personne n’avait pas 14 ans. Vérifiez l’année." in page
    assert "01/09/1924" in reponse.content.decode()
    diagnostic.refresh_from_db()
    assert (diagnostic.fin_dernier_emploi, diagnostic.etapes_faites) == (None, [])


@pytest.mark.parametrize(
    ("etape", "champ"),
    [
        ("formation", "diplome"),
        ("formation", "habilitations"),
        ("experience", "experience"),
        ("disponibilite", "contraintes_horaires"),
        ("projet", "projet"),
        ("projet", "besoins_formation"),
        ("freins", "mobilite-precision"),
    ],
)
def test_aucun_texte_ne_garde_un_numero_de_securite_sociale(facilitateur, paysage, etape, champ):
    """La phrase le dit, rien n'est gardé, et la session ne le retient pas."""
    diagnostic = ouvrir(facilitateur, paysage)
    reponse = envoyer(facilitateur, diagnostic, etape, **{champ: "NIR 1 84 12 76 451 089 46"})
    assert "numéro de sécurité sociale" in reponse.content.decode()
    diagnostic.refresh_from_db()
    assert diagnostic.etapes_faites == []
    assert "451 089" not in str(dict(facilitateur.session))


@pytest.mark.parametrize(
    ("jour", "phrase"),
    [
        ("01/02/2026", "Le parcours a commencé le 2 février 2026"),
        ("18/11/2026", "est dans le futur"),
        ("31/02/2026", "Cette date n’existe pas"),
    ],
)
def test_l_entretien_se_date_dans_le_parcours(facilitateur, paysage, jour, phrase):
    """Avant le parcours, à venir, ou inexistant : refusé avec sa raison."""
    diagnostic = ouvrir(facilitateur, paysage)
    reponse = envoyer(facilitateur, diagnostic, "situation", date_diagnostic=jour)
    assert phrase in texte(reponse.content.decode()).replace("\u00a0", " ")


def test_le_formulaire_part_de_ce_qui_est_connu(facilitateur, paysage):
    """Niveau et métiers de sa fiche, projet de l'orientation ; rien n'est gardé avant l'envoi, et la page le dit."""
    macon = MetierRome.objects.get(code="F1703")
    personne = paysage.beneficiaire
    personne.niveau_formation = 3
    personne.save()
    personne.metiers.add(macon)
    OrientationFactory(
        prescripteur=paysage.prescripteur,
        auteur=paysage.compte_prescripteur,
        structure=paysage.structure,
        beneficiaire=personne,
        etat=EtatOrientation.ACCEPTEE,
        projet="Devenir maçonne",
        freins=["logement"],
        envoyee_le="2026-01-12T10:00:00+01:00",
    )
    diagnostic = ouvrir(facilitateur, paysage)
    url = adresse("diagnostic_etape", diagnostic.pk, "projet")
    assert champs(facilitateur, url)["projet"] == ["Devenir maçonne"]
    assert champs(facilitateur, url)["metiers_vises"][0] == str(macon)
    assert "rien n’est gardé tant que vous n’enregistrez pas" in lire(facilitateur, url)
    formation = adresse("diagnostic_etape", diagnostic.pk, "formation")
    assert champs(facilitateur, formation)["niveau_formation"] == ["3"]
    freins = adresse("diagnostic_etape", diagnostic.pk, "freins")
    assert champs(facilitateur, freins)["logement-etat"] == ["repere"]
    assert "Coché par le prescripteur" in lire(facilitateur, freins)
    assert not Frein.objects.exists()
    assert "Devenir maçonne" not in lire(facilitateur, adresse("diagnostic_detail", diagnostic.pk))


def test_le_diagnostic_d_avant_l_emporte_sur_la_fiche(facilitateur, paysage):
    """Le permis dit en mars est proposé en novembre, « non » compris ; la date de disponibilité se redemande."""
    diagnostic_fini(
        paysage,
        etapes_faites=["mobilite", "disponibilite"],
        permis_b="en_cours",
        accepte_horaires_decales=False,
        disponible_le=date(2026, 3, 9),
    )
    diagnostic = ouvrir(facilitateur, paysage)
    assert champs(facilitateur, adresse("diagnostic_etape", diagnostic.pk, "mobilite"))["permis_b"] == ["en_cours"]
    disponibilite = champs(facilitateur, adresse("diagnostic_etape", diagnostic.pk, "disponibilite"))
    assert disponibilite["accepte_horaires_decales"] == ["False"]
    assert disponibilite["disponible_le"] == [""]


def test_la_derniere_etape_ecrit_les_freins_et_finit(facilitateur, paysage):
    """La mobilité repérée le jour de l'entretien entre dans le parcours, et le diagnostic en garde la copie."""
    diagnostic = ouvrir(facilitateur, paysage)
    envoyer(facilitateur, diagnostic, "situation", date_diagnostic="16/11/2026")
    reponse = envoyer(
        facilitateur,
        diagnostic,
        "freins",
        **{
            "mobilite-etat": "repere",
            "mobilite-situations": ["7"],
            "mobilite-objectifs": ["28"],
            "numerique-etat": "sans_objet",
        },
    )
    assert reponse.url == adresse("diagnostic_detail", diagnostic.pk)
    diagnostic.refresh_from_db()
    frein = Frein.objects.get(rubrique="mobilite")
    assert (frein.etat, frein.repere_le, frein.situations, frein.objectifs) == ("repere", date(2026, 11, 16), [7], [28])
    assert diagnostic.freins == {
        "numerique": {"etat": "sans_objet", "situations": [], "objectifs": [], "precision": ""},
        "mobilite": {"etat": "repere", "situations": [7], "objectifs": [28], "precision": ""},
    }
    assert diagnostic.est_fini and Frein.objects.count() == 2
    page = lire(facilitateur, reponse.url)
    assert "Repéré. Dépendant des transports en commun. Obtenir le permis de conduire (code, conduite)" in page
    assert "non dit" in page


def test_un_code_coche_sans_dire_le_frein_repere_se_refuse(facilitateur, paysage):
    """Une case de logement cochée, l'état laissé « non abordé » : rien n'est écrit, même pour les autres rubriques."""
    diagnostic = ouvrir(facilitateur, paysage)
    saisie = {"logement-situations": ["26"], "mobilite-etat": "repere"}
    reponse = envoyer(facilitateur, diagnostic, "freins", **saisie)
    assert "Une case est cochée\u00a0: dites que ce frein est repéré" in reponse.content.decode()
    assert not Frein.objects.exists()


def test_un_diagnostic_fini_se_rouvre_seulement_le_dernier(facilitateur, paysage):
    """Le dernier se rouvre et se change ; le précédent reste ce qu'il était."""
    ancien = diagnostic_fini(paysage)
    dernier = diagnostic_fini(paysage, date(2026, 9, 1))
    facilitateur.post(adresse("diagnostic_rouvrir", ancien.pk))
    ancien.refresh_from_db()
    assert ancien.est_fini
    facilitateur.post(adresse("diagnostic_rouvrir", dernier.pk))
    dernier.refresh_from_db()
    assert not dernier.est_fini
    assert "Ce diagnostic est fini" in lire(facilitateur, adresse("diagnostic_etape", ancien.pk, "projet"))


def test_deux_diagnostics_cote_a_cote(facilitateur, paysage):
    """Permis « non » puis « oui » : changé ; le véhicule dit depuis ; le rayon plus dit : trois changements, en mots."""
    diagnostic_fini(paysage, etapes_faites=["mobilite"], permis_b="non", rayon_km=20)
    apres = diagnostic_fini(
        paysage, date(2026, 9, 1), etapes_faites=["mobilite"], permis_b="oui", deplacement="voiture"
    )
    page = lire(facilitateur, adresse("diagnostic_comparer", apres.pk))
    assert "3 réponses ont changé entre le 2 mars 2026 et le 1er septembre 2026" in page
    for mot in ("Changé", "Dit depuis", "Plus dit", "pareil", "20 km", "Voiture"):
        assert mot in page


def test_un_seul_diagnostic_ne_se_compare_pas(facilitateur, paysage):
    """La page le dit, sans erreur, même si l'adresse en désigne un autre qui n'existe pas."""
    seul = diagnostic_fini(paysage)
    assert "Aucun autre diagnostic" in lire(facilitateur, adresse("diagnostic_comparer", seul.pk) + "?avec=nimporte")


def test_le_pdf_dit_les_reponses_et_non_dit(facilitateur, paysage):
    """Le même contenu, balisé, avec le nom de la personne et rien dans celui du fichier."""
    diagnostic = diagnostic_fini(paysage, etapes_faites=["mobilite"], permis_b="oui")
    reponse = facilitateur.get(reverse("reporting:diagnostic_pdf", args=[diagnostic.pk]))
    lecteur = PdfReader(BytesIO(reponse.content))
    lu = " ".join(page.extract_text() for page in lecteur.pages)
    assert paysage.beneficiaire.nom_naissance in lu and "Permis B" in lu and "non dit" in lu
    assert lecteur.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert 'filename="diagnostic-2026-03-02.pdf"' in reponse["Content-Disposition"]


def test_sans_parcours_la_page_propose_d_en_ouvrir_un(facilitateur, paysage):
    """Un diagnostic se fait dans un parcours : rien ne s'ouvre sans lui."""
    paysage.parcours.delete()
    url = adresse("diagnostic_liste", paysage.beneficiaire.pk)
    assert "Ouvrir un parcours" in lire(facilitateur, url)
    reponse = facilitateur.post(adresse("diagnostic_ouvrir", paysage.beneficiaire.pk), follow=True)
    assert "Un diagnostic se fait dans un parcours\u00a0: ouvrez-en un d’abord." in reponse.content.decode()
    assert not Diagnostic.objects.exists()


def test_le_prescripteur_ne_lit_qu_un_diagnostic_fini(client, paysage):
    """Celui qui s'écrit encore lui est introuvable ; le fini se lit, sans bouton pour le changer."""
    client.force_login(paysage.compte_prescripteur)
    en_cours = Diagnostic.objects.create(
        parcours=paysage.parcours, date_diagnostic=date(2026, 11, 16), auteur=paysage.facilitateur
    )
    fini = diagnostic_fini(paysage, etapes_faites=["mobilite"], permis_b="oui")
    assert client.get(adresse("diagnostic_detail", en_cours.pk)).status_code == 404
    page = client.get(adresse("diagnostic_detail", fini.pk)).content.decode()
    assert "Permis B" in page and "Rouvrir" not in page


def test_le_fil_ne_dit_faites_que_les_etapes_faites(facilitateur, paysage):
    """La situation gardée, on saute au projet : une étape faite, les six autres s'ouvrent d'un lien."""
    diagnostic = ouvrir(facilitateur, paysage)
    envoyer(facilitateur, diagnostic, "situation")
    page = facilitateur.get(adresse("diagnostic_etape", diagnostic.pk, "projet")).content.decode()
    assert page.count(", étape faite") == 1
    for etape in ("situation", "formation", "freins"):
        assert adresse("diagnostic_etape", diagnostic.pk, etape) in page
