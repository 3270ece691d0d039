"""Les pièces d'un contrat : déposées, mises à l'écart, contrôlées, ouvertes, acceptées ou refaites, effacées."""

import io
import logging
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

from clauses.models import EtatPreuve, Preuve
from clauses.services import preuves_controle
from clauses.services.preuves import controler, entretenir
from clauses.services.preuves_controle import AntivirusEnPanne, controler_contenu
from comptes.models import Categorie
from comptes.regles import Refus
from tests.fabriques import ContratFactory, EntrepriseFactory, creer_utilisateur
from tests.lire_html import texte

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
EXE = b"MZ\x90\x00" + b"\x00" * 400


def un_pdf(preparer=lambda ecrivain: None) -> bytes:
    ecrivain = PdfWriter()
    ecrivain.add_blank_page(200, 200)
    preparer(ecrivain)
    sortie = io.BytesIO()
    ecrivain.write(sortie)
    return sortie.getvalue()


def avec_un_programme(ecrivain: PdfWriter) -> None:
    """Un JavaScript lancé à l'ouverture du document."""
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    ecrivain.root_object[NameObject("/OpenAction")] = DictionaryObject(action)


def avec_une_commande_a_part(ecrivain: PdfWriter) -> None:
    """Une commande lancée à l'ouverture, dont la sorte est un objet à part."""
    sorte = ecrivain._add_object(NameObject("/Launch"))
    action = {NameObject("/S"): sorte, NameObject("/F"): TextStringObject("cmd.exe")}
    ecrivain.root_object[NameObject("/OpenAction")] = DictionaryObject(action)


def avec_un_fichier_sur_une_note(ecrivain: PdfWriter) -> None:
    """Un fichier joint à une annotation, que rien n'appelle « EmbeddedFile »."""
    contenu = DecodedStreamObject()
    contenu.set_data(EXE)
    joint = DictionaryObject({NameObject("/F"): ecrivain._add_object(contenu)})
    fichier = DictionaryObject({NameObject("/F"): TextStringObject("joint.exe"), NameObject("/EF"): joint})
    note = DictionaryObject({NameObject("/Subtype"): NameObject("/FileAttachment"), NameObject("/FS"): fichier})
    ecrivain.pages[0][NameObject("/Annots")] = ArrayObject([ecrivain._add_object(note)])


def chiffre_par_un_certificat() -> bytes:
    """Comme le font certains logiciels de paie : seul le destinataire nommé l'ouvre, sans mot de passe."""
    secret = un_pdf(lambda e: e.encrypt("secret", algorithm="RC4-128"))
    return secret.replace(b"/Filter /Standard", b"/Filter /AdobePKI")


def une_photo(format_="JPEG", **options) -> bytes:
    sortie = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(sortie, format_, **options)
    return sortie.getvalue()


@pytest.fixture
def entreprise(paysage, celery_immediat):
    Preuve.objects.all().delete()
    client = Client()
    client.force_login(paysage.compte_entreprise)
    return client


@pytest.fixture
def facilitateur(paysage):
    client = Client()
    client.force_login(paysage.facilitateur)
    return client


@pytest.fixture
def deposer(paysage, entreprise, django_capture_on_commit_callbacks):
    def envoyer(contenu: bytes, *, sorte="bulletin", mois="2026-10-01", nom="paie.pdf", client=None, contrat=None):
        adresse = reverse("clauses:contrat_preuves", args=[(contrat or paysage.contrat).pk])
        fichier = SimpleUploadedFile(nom, contenu, "application/pdf")
        with django_capture_on_commit_callbacks(execute=True):
            return (client or entreprise).post(adresse, {"sorte": sorte, "mois": mois, "fichier": fichier}, follow=True)

    return envoyer


def test_une_piece_deposee_se_controle_puis_s_ouvre_des_deux_cotes(paysage, entreprise, facilitateur, deposer):
    pdf = un_pdf()
    page = texte(deposer(pdf).content.decode())
    assert "Pièce déposée" in page
    assert "Bulletin de paie, octobre 2026" in page
    preuve = Preuve.objects.get()
    assert (preuve.etat, preuve.deposante, preuve.mois) == (EtatPreuve.RECUE, paysage.entreprise, date(2026, 10, 1))
    assert not default_storage.exists(f"quarantaine/{preuve.pk}")
    for client in (entreprise, facilitateur):
        reponse = client.get(reverse("clauses:preuve_fichier", args=[preuve.pk]))
        assert b"".join(reponse.streaming_content) == pdf
        assert reponse["Content-Type"] == "application/pdf"
        assert reponse["Content-Disposition"].startswith('attachment; filename="bulletin-2026-10-')
        assert reponse["Cache-Control"] == "private, no-store"


def test_en_quarantaine_le_fichier_ne_s_ouvre_pour_personne(paysage, entreprise, facilitateur):
    """Tant que le worker n'a rien contrôlé : ni l'entreprise, ni le facilitateur."""
    adresse = reverse("clauses:contrat_preuves", args=[paysage.contrat.pk])
    fichier = SimpleUploadedFile("paie.pdf", un_pdf())
    entreprise.post(adresse, {"sorte": "contrat", "fichier": fichier})
    preuve = Preuve.objects.get()
    assert preuve.etat == EtatPreuve.QUARANTAINE
    for client in (entreprise, facilitateur):
        assert client.get(reverse("clauses:preuve_fichier", args=[preuve.pk])).status_code == 404
        assert "Contrôle en cours" in texte(client.get(adresse).content.decode())


@pytest.mark.parametrize(
    ("contenu", "nom", "phrase"),
    [
        (EXE, "paie.pdf", "ni un PDF, ni une photo"),
        (SVG, "photo.png", "ni un PDF, ni une photo"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00mif1", "IMG_1.jpg", "HEIC"),
        (b"", "vide.pdf", "vide"),
        (b"%PDF-1.7" + b"0" * 10_000_000, "scan.pdf", "dépasse 10\u00a0Mo"),
    ],
    ids=["programme renommé", "svg à script", "heic", "vide", "trop lourd"],
)
def test_un_mauvais_fichier_se_refuse_et_garde_le_choix(paysage, deposer, contenu, nom, phrase, caplog):
    with caplog.at_level(logging.WARNING, logger="clauses.services.preuves"):
        reponse = deposer(contenu, nom=nom)
    page = reponse.content.decode()
    assert reponse.status_code == 422
    assert phrase in texte(page)
    assert '<option value="2026-10-01" selected>' in page
    assert not Preuve.objects.exists()
    assert nom not in caplog.text  # le nom d'un fichier porte souvent celui d'une personne


def test_un_refus_de_format_s_ecrit_au_journal_sans_nom(paysage, deposer, caplog):
    with caplog.at_level(logging.WARNING, logger="clauses.services.preuves"):
        deposer(EXE, nom="dupont-paie.pdf")
    assert f"Preuve refusée au dépôt (format_inconnu), contrat {paysage.contrat.pk}" in caplog.text
    assert "dupont" not in caplog.text


@pytest.mark.parametrize(
    ("contenu", "code"),
    [
        (un_pdf(avec_un_programme), "actif"),
        (un_pdf(lambda e: e.add_attachment("joint.exe", EXE)), "actif"),
        (un_pdf(avec_une_commande_a_part), "actif"),
        (un_pdf(avec_un_fichier_sur_une_note), "actif"),
        (chiffre_par_un_certificat(), "protege"),
        (un_pdf(lambda e: e.encrypt("secret", algorithm="RC4-128")), "protege"),
        (un_pdf(lambda e: [e.add_blank_page(9, 9) for _ in range(100)]), "trop_de_pages"),
        (b"%PDF-1.7\nrien d'un PDF", "illisible"),
        (une_photo()[:200], "illisible"),
        (b"\x89PNG\r\n\x1a\n<script>", "illisible"),
    ],
    ids=[
        *("javascript", "fichier joint", "commande à part", "fichier sur une note", "certificat", "mot de passe"),
        *("101 pages", "faux pdf", "photo coupée", "faux png"),
    ],
)
def test_le_controle_refuse_ce_qui_agit_ou_ne_s_ouvre_pas(contenu, code):
    refus = controler_contenu(contenu)
    assert isinstance(refus, Refus)
    assert refus.code == code


def test_un_programme_cache_au_fond_d_un_pdf_se_trouve(paysage, entreprise, deposer):
    """Une action posée sur une annotation de la page, et non au catalogue."""

    def piege(ecrivain):
        action = DictionaryObject(
            {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("a.exe")}
        )
        note = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): action})
        ecrivain.pages[0][NameObject("/Annots")] = ArrayObject([ecrivain._add_object(note)])

    deposer(un_pdf(piege))
    page = entreprise.get(reverse("clauses:contrat_preuves", args=[paysage.contrat.pk]))
    assert "contient un programme" in texte(page.content.decode())
    preuve = Preuve.objects.get()
    assert (preuve.etat, preuve.fichier.name) == (EtatPreuve.REFUSEE, "")
    assert not default_storage.exists(f"quarantaine/{preuve.pk}")


def test_une_photo_perd_son_lieu_de_prise_de_vue(paysage, deposer):
    exif = Image.Exif()
    exif[0x010F] = "Marque de l’appareil"
    exif.get_ifd(0x8825)[1] = "N"
    page = deposer(une_photo(exif=exif, comment=b"<script>alert(1)</script>"), nom="paie.jpg")
    assert page.status_code == 200
    gardee = Preuve.objects.get()
    assert gardee.type_mime == "image/jpeg"
    with gardee.fichier.open() as fichier:
        octets = fichier.read()
    image = Image.open(io.BytesIO(octets))
    assert image.size == (40, 30)
    assert not dict(image.getexif())
    assert b"<script>" not in octets


def test_l_antivirus_regle_est_consulte(settings):
    settings.ANTIVIRUS = "false"  # rend 1 : infecté
    assert controler_contenu(un_pdf()).code == "infecte"
    settings.ANTIVIRUS = "true"  # rend 0 : sain
    assert PdfReader(io.BytesIO(controler_contenu(un_pdf()))).pages
    settings.ANTIVIRUS = "/pas/de/commande"
    with pytest.raises(AntivirusEnPanne):
        controler_contenu(un_pdf())


def test_une_piece_du_meme_fichier_ne_se_depose_qu_une_fois(paysage, deposer):
    pdf = un_pdf()
    deposer(pdf)
    reponse = deposer(pdf)
    assert reponse.status_code == 422
    assert "Ce fichier est déjà déposé pour ce contrat" in texte(reponse.content.decode())
    assert Preuve.objects.count() == 1


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        ({"mois": ""}, "Choisissez le mois"),
        ({"mois": "2025-01-01"}, "n’est pas un choix valide"),
        ({"sorte": "fiche"}, "n’est pas un choix valide"),
    ],
    ids=["sans mois", "hors du contrat", "sorte inconnue"],
)
def test_un_choix_faux_se_dit(paysage, deposer, champs, phrase):
    reponse = deposer(un_pdf(), **champs)
    assert reponse.status_code == 422
    assert phrase in texte(reponse.content.decode()).replace(
        "Sélectionnez un choix valide", "n’est pas un choix valide"
    )
    assert not Preuve.objects.exists()


def test_le_facilitateur_fait_refaire_et_la_nouvelle_piece_remplace(paysage, entreprise, facilitateur, deposer):
    deposer(un_pdf())
    preuve = Preuve.objects.get()
    prefixe = f"p{preuve.pk.hex[:8]}"
    juger = reverse("clauses:preuve_juger", args=[preuve.pk])
    sans_motif = facilitateur.post(juger, {f"{prefixe}-reponse": "a_refaire", f"{prefixe}-motif": ""})
    assert sans_motif.status_code == 422
    assert "Dites pourquoi la pièce est à refaire" in texte(sans_motif.content.decode())
    facilitateur.post(juger, {f"{prefixe}-reponse": "a_refaire", f"{prefixe}-motif": "Le mois est illisible."})
    accueil = texte(entreprise.get("/").content.decode())
    assert "1\u00a0pièce à refaire" in accueil
    page = texte(entreprise.get(reverse("clauses:contrat_preuves", args=[paysage.contrat.pk])).content.decode())
    assert "Le mois est illisible." in page
    deposer(un_pdf(lambda e: e.add_blank_page(10, 10)))
    nouvelle = Preuve.objects.get()
    assert nouvelle.pk != preuve.pk
    assert "à refaire" not in texte(entreprise.get("/").content.decode())
    accepter = facilitateur.post(
        reverse("clauses:preuve_juger", args=[nouvelle.pk]), {f"p{nouvelle.pk.hex[:8]}-reponse": "acceptee"}
    )
    assert accepter.status_code == 302
    nouvelle.refresh_from_db()
    assert (nouvelle.etat, nouvelle.vue_par) == (EtatPreuve.ACCEPTEE, paysage.facilitateur)
    encore = facilitateur.post(
        reverse("clauses:preuve_juger", args=[nouvelle.pk]),
        {f"p{nouvelle.pk.hex[:8]}-reponse": "a_refaire", f"p{nouvelle.pk.hex[:8]}-motif": "Trop tard."},
    )
    assert encore.status_code == 422
    assert "n’attend plus de réponse" in texte(encore.content.decode())


def test_une_piece_se_retire_tant_qu_elle_n_est_pas_acceptee(
    paysage, entreprise, deposer, django_capture_on_commit_callbacks
):
    deposer(un_pdf())
    preuve = Preuve.objects.get()
    fichier = preuve.fichier.name
    retirer = reverse("clauses:preuve_retirer", args=[preuve.pk])
    Preuve.objects.update(etat=EtatPreuve.ACCEPTEE, vue_par=paysage.facilitateur, vue_le=preuve.deposee_le)
    refus = texte(entreprise.post(retirer, follow=True).content.decode())
    assert "elle ne se retire plus" in refus
    assert default_storage.exists(fichier)
    Preuve.objects.update(etat=EtatPreuve.RECUE)
    with django_capture_on_commit_callbacks(execute=True):
        entreprise.post(retirer)
    assert not Preuve.objects.exists()
    assert not default_storage.exists(fichier)


def test_l_autre_entreprise_du_contrat_ne_lit_pas_le_bulletin(paysage, deposer):
    """L'ETTI emploie, l'entreprise utilise : chacune ne lit que ce qu'elle dépose."""
    etti = EntrepriseFactory(categorie=Categorie.ETTI)
    contrat = ContratFactory(
        beneficiaire=paysage.beneficiaire, employeur=etti, entreprise_utilisatrice=paysage.entreprise
    )
    chez_etti = Client()
    chez_etti.force_login(creer_utilisateur(etti))
    deposer(un_pdf(), client=chez_etti, contrat=contrat)
    preuve = Preuve.objects.get()
    assert preuve.deposante == etti
    utilisatrice = Client()
    utilisatrice.force_login(paysage.compte_entreprise)
    assert utilisatrice.get(reverse("clauses:preuve_fichier", args=[preuve.pk])).status_code == 404
    page = texte(utilisatrice.get(reverse("clauses:contrat_preuves", args=[contrat.pk])).content.decode())
    assert "Aucune pièce pour ce contrat" in page


def test_les_salaries_et_jusqu_a_quand_leurs_heures_comptent(paysage, entreprise, nombre_de_requetes):
    """Fenêtre du 14 janvier 2026, 24 mois : jusqu'au 13 janvier 2028. Jamais le critère ni la naissance."""
    paysage.eligibilite.date_debut, paysage.eligibilite.date_fin = date(2026, 1, 14), date(2028, 1, 13)
    paysage.eligibilite.save()
    adresse = reverse("clauses:salarie_liste")
    page = texte(entreprise.get(adresse).content.decode())
    assert paysage.beneficiaire.nom_complet in page
    assert "Éligible jusqu’au 13 janvier 2028" in page
    assert "RSA" not in page
    export = entreprise.get(adresse + "?export=csv").content.decode("utf-8-sig")
    assert "13/01/2028" in export
    assert "RSA" not in export
    assert "Aucun salarié avec ces filtres" in texte(entreprise.get(adresse + "?etat=finis").content.decode())


def test_effacer_ce_dont_la_conservation_est_finie(paysage, deposer):
    """Contrat fini le 31 mars 2024 : le fichier se garde jusqu'au 31 mars 2026, sa trace reste."""
    contrat = ContratFactory(
        beneficiaire=paysage.beneficiaire,
        employeur=paysage.entreprise,
        date_debut=date(2024, 1, 1),
        date_fin=date(2024, 3, 31),
    )
    deposer(un_pdf(), mois="2024-02-01", contrat=contrat)
    preuve = Preuve.objects.get()
    fichier = preuve.fichier.name
    assert entretenir(aujourd_hui=date(2026, 3, 31)) == 0
    assert default_storage.exists(fichier)
    assert entretenir(aujourd_hui=date(2026, 4, 1)) == 1
    assert not default_storage.exists(fichier)
    preuve.refresh_from_db()
    assert (preuve.etat, preuve.fichier.name) == (EtatPreuve.RECUE, "")


def test_un_controle_reste_en_route_est_repris_la_nuit(
    paysage, entreprise, celery_immediat, django_capture_on_commit_callbacks
):
    adresse = reverse("clauses:contrat_preuves", args=[paysage.contrat.pk])
    entreprise.post(adresse, {"sorte": "contrat", "fichier": SimpleUploadedFile("contrat.pdf", un_pdf())})
    Preuve.objects.update(deposee_le=datetime(2026, 1, 1, tzinfo=ZoneInfo("Europe/Paris")))
    with django_capture_on_commit_callbacks(execute=True):
        entretenir(aujourd_hui=date(2026, 11, 17))
    assert Preuve.objects.get().etat == EtatPreuve.RECUE


def test_un_controle_rejoue_ne_change_rien(paysage, deposer, monkeypatch):
    deposer(un_pdf())
    preuve = Preuve.objects.get()
    monkeypatch.setattr(preuves_controle, "controler_contenu", None)  # le rappeler échouerait
    controler(str(preuve.pk))
    assert Preuve.objects.get().etat == EtatPreuve.RECUE


def test_un_contrat_se_controle_sans_erreur_de_la_base(deposer, caplog):
    """Sans mois, la contrainte se contrôle avant l'écriture comme pour les autres pièces : rien au journal."""
    deposer(un_pdf(), sorte="contrat", mois="")
    assert (Preuve.objects.get().etat, Preuve.objects.get().mois) == (EtatPreuve.RECUE, None)
    assert "database error" not in caplog.text
    with pytest.raises(IntegrityError), transaction.atomic():
        Preuve.objects.update(mois=date(2026, 10, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Preuve.objects.update(sorte="bulletin", mois=date(2026, 10, 2))


def test_un_envoi_enorme_est_refuse_a_son_en_tete(entreprise, paysage):
    """Deux gigaoctets annoncés : rien n'est lu, la page dit quoi faire."""
    adresse = reverse("clauses:contrat_preuves", args=[paysage.contrat.pk])
    reponse = entreprise.post(
        adresse,
        data=b"--limite\r\n",
        content_type="multipart/form-data; boundary=limite",
        CONTENT_LENGTH=str(2 * 1024**3),
    )
    assert reponse.status_code == 413
    assert not Preuve.objects.exists()
