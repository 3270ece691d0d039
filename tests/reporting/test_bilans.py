"""Le bilan : ses chiffres, son PDF balisé, ce qui n'y est jamais, et ses refus."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse
from pypdf import PdfReader

from comptes.regles import Refus
from reporting.bilans import controler_demande, nouveau_code, produire
from reporting.couleurs import contraste_avec_le_blanc, couleur_lisible
from reporting.models import Bilan, EtatBilan
from tests.fabriques import MarcheFactory
from tests.reporting.conftest import ARRETE_AU


def faire_un_bilan(chantier) -> Bilan:
    bilan = Bilan.objects.create(
        marche=chantier.marche, arrete_au=ARRETE_AU, code_verification=nouveau_code(), demande_par=chantier.facilitateur
    )
    produire(bilan)
    return bilan


@pytest.fixture
def bilan(chantier):
    return faire_un_bilan(chantier)


@pytest.fixture(scope="module")
def imprime(_chantier_bati) -> bytes:
    """Le PDF, mis en page une fois pour ceux qui le lisent ; la base, elle, n'en garde rien."""
    with transaction.atomic():
        with faire_un_bilan(_chantier_bati).fichier.open("rb") as fichier:
            octets = fichier.read()
        transaction.set_rollback(True)
    return octets


@pytest.fixture
def pdf(imprime):
    return PdfReader(io.BytesIO(imprime))


def texte(pdf) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in pdf.pages).replace("\xa0", " ")


def test_la_couverture_dit_le_resultat_en_une_phrase(pdf):
    """600 h validées sur 1 000 h dues : 60 %. Attendu : du 2 mars 2026 au 30 juin 2027, 244 jours écoulés sur 486 → 502 h."""
    couverture = " ".join(pdf.pages[0].extract_text().split()).replace("\xa0", " ")
    assert "600 h d’insertion validées sur 1 000 h dues, soit 60 %." in couverture
    assert "502 h étaient attendues" in couverture
    assert "240 h sont déclarées et en cours de vérification" in couverture
    assert "Résidence Les Peupliers" in couverture
    assert "Bilan intermédiaire de la clause sociale, au 31 octobre 2026" in couverture


def test_chaque_titulaire_a_sa_ligne(pdf, chantier):
    """Le tableau des lots donne dû, déclaré, validé, restant."""
    contenu = texte(pdf)
    assert "Bâti-Rhône" in contenu
    assert "1 000 840 600 400 502" in contenu


def test_le_pdf_est_balise_et_en_francais(pdf):
    """Arbre de structure, langue, titre montré, déclaration PDF/UA dans les métadonnées."""
    racine = pdf.trailer["/Root"]
    assert racine["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in racine
    assert racine["/Lang"] == "fr"
    assert racine["/ViewerPreferences"]["/DisplayDocTitle"]
    xmp = racine["/Metadata"].get_object().get_data().decode()
    assert "pdfuaid:part" in xmp
    assert "Bilan intermédiaire au 31 octobre 2026" in pdf.metadata.title.replace("\xa0", " ")


def balises(noeud, trouvees=None):
    """Les types de tous les nœuds de l'arbre de structure."""
    trouvees = [] if trouvees is None else trouvees
    noeud = noeud.get_object()
    if isinstance(noeud, dict):
        if "/S" in noeud:
            trouvees.append((noeud["/S"], noeud.get("/Alt")))
        enfants = noeud.get("/K", [])
        for enfant in enfants if isinstance(enfants, list) else [enfants]:
            if hasattr(enfant, "get_object") and not isinstance(enfant.get_object(), int):
                balises(enfant, trouvees)
    return trouvees


def test_titres_tableaux_et_figures_sont_dans_l_arbre(pdf):
    """Un lecteur d'écran trouve les titres, les tableaux, et chaque graphique porte sa phrase."""
    arbre = balises(pdf.trailer["/Root"]["/StructTreeRoot"])
    types = [type_ for type_, _ in arbre]
    assert "/H1" in types
    assert types.count("/H2") >= 3
    assert types.count("/Table") >= 4
    figures = [alt for type_, alt in arbre if type_ == "/Figure"]
    assert any(alt and "Heures validées cumulées" in alt for alt in figures)


def test_aucun_nom_de_personne_nulle_part(bilan, chantier):
    """Ni dans le texte, ni dans les métadonnées, ni dans les octets : personnes suivies et comptes d'utilisateurs."""
    with bilan.fichier.open("rb") as fichier:
        octets = fichier.read()
    lecteur = PdfReader(io.BytesIO(octets))
    contenu = (
        texte(lecteur) + str(lecteur.metadata) + lecteur.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    )
    interdits = [p.nom_naissance for p in chantier.personnes] + [p.prenom for p in chantier.personnes]
    interdits += [chantier.facilitateur.nom, chantier.facilitateur.email]
    for nom in interdits:
        assert nom not in contenu
        assert nom.encode() not in octets


def test_les_signatures_suivent_la_methode(pdf):
    """Le cadre à signer n'est jamais seul sur la dernière page."""
    derniere = " ".join(pdf.pages[-1].extract_text().split())
    assert "Méthode" in derniere and "La structure facilitatrice" in derniere


def test_les_chiffres_imprimes_sont_gardes(bilan):
    """La page de vérification montre ce qui est imprimé, même si des heures changent ensuite."""
    assert Decimal(bilan.donnees["validees"]) == 600
    assert Decimal(bilan.donnees["dues"]) == 1000
    assert bilan.donnees["personnes"] == 12
    assert bilan.etat == EtatBilan.PRET
    assert bilan.pages >= 3


def test_reproduire_un_bilan_pret_ne_change_rien(bilan):
    """Une tâche rejouée après coup laisse le fichier et les chiffres."""
    avant = (bilan.fichier.name, bilan.pret_le, bilan.donnees)
    produire(bilan)
    bilan.refresh_from_db()
    assert (bilan.fichier.name, bilan.pret_le, bilan.donnees) == avant


def test_un_marche_sans_heure_validee_a_un_bilan_quand_meme(chantier):
    """Avant la première heure, le document le dit au lieu d'échouer."""
    bilan = Bilan.objects.create(
        marche=chantier.marche, arrete_au=date(2026, 2, 28), code_verification=nouveau_code(), demande_par=None
    )
    produire(bilan)
    with bilan.fichier.open("rb") as fichier:
        contenu = texte(PdfReader(io.BytesIO(fichier.read())))
    assert "Aucune personne n’a encore d’heure validée" in contenu


def test_la_penalite_se_propose_a_la_fin_seulement(chantier):
    """1 000 h dues, 600 validées : 400 h × 60 € = 24 000 €, proposés au bilan final et jamais dus."""
    chantier.regle.penalite_euros_par_heure = Decimal(60)
    chantier.regle.save()
    contenus = {}
    for arrete_au in (ARRETE_AU, date(2027, 6, 30)):
        bilan = Bilan.objects.create(
            marche=chantier.marche, arrete_au=arrete_au, code_verification=nouveau_code(), demande_par=None
        )
        produire(bilan)
        with bilan.fichier.open("rb") as fichier:
            contenus[arrete_au] = texte(PdfReader(io.BytesIO(fichier.read())))
    assert "Pénalité" not in contenus[ARRETE_AU]
    assert "Bilan final" in contenus[date(2027, 6, 30)]
    assert (
        "Pénalité proposée : 24 000 € (400 h non faites × 60 €). Seul l’acheteur décide." in contenus[date(2027, 6, 30)]
    )


def test_une_date_a_venir_est_refusee(chantier):
    """Un bilan n'arrête pas des heures qui n'existent pas encore."""
    aujourd_hui = date(2026, 11, 17)
    refus = controler_demande(chantier.marche, aujourd_hui + timedelta(days=1), aujourd_hui)
    assert isinstance(refus, Refus)
    assert "18 novembre 2026 est à venir" in refus.phrase
    assert controler_demande(chantier.marche, aujourd_hui, aujourd_hui) is None


def test_un_marche_sans_engagement_est_refuse(chantier):
    """La phrase dit quoi ajouter."""
    nu = MarcheFactory(operation=chantier.operation)
    refus = controler_demande(nu, ARRETE_AU, date(2026, 11, 17))
    assert "pas encore d’engagement en heures" in refus.phrase


def test_la_commande_ecrit_le_fichier(chantier, tmp_path):
    """Du terminal, le même PDF que l'écran."""
    sortie = tmp_path / "bilan.pdf"
    call_command("produire_bilan", "2026-T0001", "--sortie", str(sortie), "--date", "2026-10-31")
    assert "600 h d’insertion validées" in texte(PdfReader(sortie))


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (["INCONNU", "--date", "2026-10-31"], "Aucun marché ne porte la référence"),
        (["2026-T0001", "--date", "2999-01-01"], "est à venir"),
    ],
)
def test_la_commande_dit_ce_qui_ne_va_pas(chantier, tmp_path, arguments, phrase):
    """Une phrase, et aucun fichier."""
    sortie = tmp_path / "bilan.pdf"
    with pytest.raises(CommandError, match=phrase):
        call_command("produire_bilan", *arguments, "--sortie", str(sortie))
    assert not sortie.exists()


def test_verifier_un_code_sans_compte(client, bilan):
    """Qui tient le papier retrouve ses nombres, sans aucun nom."""
    page = client.get(reverse("reporting:verifier", args=[bilan.code_verification.lower()])).content.decode()
    assert "Bilan authentique" in page
    assert "600\xa0h" in page
    assert "Introuvable" not in page


def test_un_code_inconnu_est_dit(client, db):
    """404, avec où regarder."""
    reponse = client.get(reverse("reporting:verifier", args=["AAAA-BBBB"]))
    assert reponse.status_code == 404
    assert "Aucun bilan ne porte ce code" in reponse.content.decode()


@pytest.mark.parametrize(("couleur", "contraste"), [("#ffffff", 1), ("#000000", 21), ("#767676", 4.54)])
def test_contraste_avec_le_blanc(couleur, contraste):
    """Valeurs de référence de WCAG."""
    assert contraste_avec_le_blanc(couleur) == pytest.approx(contraste, abs=0.01)


def test_une_couleur_trop_claire_est_ignoree():
    """Le titre blanc doit se lire."""
    assert couleur_lisible("#0f5c48")
    assert not couleur_lisible("#ffee88")
    assert not couleur_lisible("")
