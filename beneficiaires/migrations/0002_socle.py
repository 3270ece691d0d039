"""Les tables des personnes telles que les migrations qu'elle remplace les ont faites, et le répertoire ROME : le premier départ va vite."""

import csv
from pathlib import Path

import beneficiaires.models.champs
import beneficiaires.models.personnes
import comptes.triggers
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import functools
import pgtrigger.compiler
import uuid
from django.conf import settings
from comptes.ensemble import Ensemble
from django.db import migrations, models


def charger_rome(apps, schema_editor):
    """Charge le répertoire ROME, données ouvertes de France Travail."""
    fichier = Path(__file__).parent.parent / "donnees" / "rome.csv"
    metier = apps.get_model("beneficiaires", "MetierRome")
    with fichier.open(encoding="utf-8-sig", newline="") as flux:
        metier.objects.bulk_create([metier(code=ligne["code"], libelle=ligne["libelle"]) for ligne in csv.DictReader(flux)])


class Migration(migrations.Migration):

    replaces = [('beneficiaires', '0002_personnes'), ('beneficiaires', '0003_metiers_rome'), ('beneficiaires', '0004_tri_organisme_pieces_consultations'), ('beneficiaires', '0005_typographie_rome'), ('beneficiaires', '0006_residences')]

    initial = True

    dependencies = [
        ('beneficiaires', '0001_recherche'),
        ('comptes', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        Ensemble([
            migrations.CreateModel(
                name='MetierRome',
                fields=[
                    ('code', models.CharField(max_length=5, primary_key=True, serialize=False)),
                    ('libelle', models.CharField(max_length=160, verbose_name='libellé')),
                ],
                options={
                    'verbose_name': 'métier ROME',
                    'ordering': ['libelle'],
                },
            ),
            migrations.CreateModel(
                name='Beneficiaire',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('structure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comptes.organisation')),
                    ('prenom', models.CharField(max_length=80, verbose_name='prénom')),
                    ('nom_naissance', models.CharField(max_length=80, verbose_name='nom de naissance')),
                    ('nom_usage', models.CharField(blank=True, max_length=80, verbose_name='nom d’usage')),
                    ('date_naissance', models.DateField(verbose_name='date de naissance')),
                    ('sexe', models.CharField(choices=[('F', 'Femme'), ('H', 'Homme')], max_length=1, verbose_name='sexe')),
                    ('courriel', models.EmailField(blank=True, max_length=254, verbose_name='courriel')),
                    ('telephone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                    ('adresse', models.CharField(blank=True, max_length=200, verbose_name='adresse')),
                    ('code_postal', models.CharField(blank=True, max_length=5, verbose_name='code postal')),
                    ('commune', models.CharField(max_length=100, verbose_name='commune')),
                    ('qpv', models.CharField(choices=[('inconnu', 'Pas encore vérifié'), ('oui', 'Habite un QPV'), ('non', 'N’habite pas un QPV')], default='inconnu', max_length=8, verbose_name='quartier prioritaire')),
                    ('qpv_nom', models.CharField(blank=True, max_length=80, verbose_name='nom ou code du quartier')),
                    ('qpv_mode', models.CharField(blank=True, choices=[('adresse', 'Adresse vérifiée sur sig.ville.gouv.fr'), ('justificatif', 'Justificatif de domicile'), ('attestation', 'Attestation du prescripteur'), ('declare', 'Déclaré par la personne')], max_length=12, verbose_name='comment le quartier a été établi')),
                    ('qpv_verifie_le', models.DateField(blank=True, null=True, verbose_name='quartier vérifié le')),
                    ('niveau_formation', models.PositiveSmallIntegerField(blank=True, choices=beneficiaires.models.champs.choix_niveaux, null=True, verbose_name='niveau de formation')),
                    ('identifiant_france_travail', models.CharField(blank=True, max_length=11, validators=[beneficiaires.models.champs.valider_identifiant_france_travail], verbose_name='identifiant France Travail')),
                    ('prescripteur', models.ForeignKey(blank=True, limit_choices_to={'profil': 'prescripteur'}, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comptes.organisation', verbose_name='orientée par')),
                    ('referent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='suivie par')),
                    ('note', models.TextField(blank=True, max_length=1000, validators=[beneficiaires.models.champs.sans_nir], verbose_name='note de suivi')),
                    ('cree_le', models.DateTimeField(auto_now_add=True)),
                    ('modifie_le', models.DateTimeField(auto_now=True)),
                    ('cle_recherche', models.GeneratedField(db_persist=True, expression=beneficiaires.models.personnes.SansAccent(django.db.models.functions.text.Lower(django.db.models.functions.text.Concat('nom_usage', models.Value(' '), 'nom_naissance', models.Value(' '), 'prenom'))), output_field=models.TextField())),
                    ('cle_tri', models.GeneratedField(db_persist=True, expression=beneficiaires.models.personnes.SansAccent(django.db.models.functions.text.Lower(django.db.models.functions.text.Concat(django.db.models.functions.comparison.Coalesce(django.db.models.functions.comparison.NullIf('nom_usage', models.Value('')), 'nom_naissance'), models.Value(' '), 'prenom'))), output_field=models.TextField())),
                    ('metiers', models.ManyToManyField(blank=True, related_name='+', to='beneficiaires.metierrome', verbose_name='métiers recherchés')),
                ],
                options={
                    'verbose_name': 'bénéficiaire',
                    'ordering': ['cle_tri', 'id'],
                    'indexes': [models.Index(fields=['structure', 'cle_tri', 'id'], name='beneficiaire_rang'), models.Index(fields=['structure', 'date_naissance'], name='beneficiaire_naissance'), models.Index(fields=['prescripteur'], name='beneficiaire_prescripteur'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('cle_recherche'), name='gin_trgm_ops'), name='beneficiaire_trigrammes')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('qpv', 'oui'), _negated=True), models.Q(('qpv_mode', ''), _negated=True), _connector='OR'), name='beneficiaire_qpv_etabli', violation_error_message='Dites comment le quartier prioritaire a été établi.'), models.UniqueConstraint(condition=models.Q(('identifiant_france_travail', ''), _negated=True), fields=('structure', 'identifiant_france_travail'), name='beneficiaire_identifiant_unique', violation_error_message='Une personne de votre structure porte déjà cet identifiant France Travail.')],
                    'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "beneficiaires_beneficiaireevent" ("adresse", "code_postal", "commune", "courriel", "cree_le", "date_naissance", "id", "identifiant_france_travail", "modifie_le", "niveau_formation", "nom_naissance", "nom_usage", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prenom", "prescripteur_id", "qpv", "qpv_mode", "qpv_nom", "qpv_verifie_le", "referent_id", "sexe", "structure_id", "telephone") VALUES (NEW."adresse", NEW."code_postal", NEW."commune", NEW."courriel", NEW."cree_le", NEW."date_naissance", NEW."id", NEW."identifiant_france_travail", NEW."modifie_le", NEW."niveau_formation", NEW."nom_naissance", NEW."nom_usage", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."prenom", NEW."prescripteur_id", NEW."qpv", NEW."qpv_mode", NEW."qpv_nom", NEW."qpv_verifie_le", NEW."referent_id", NEW."sexe", NEW."structure_id", NEW."telephone"); RETURN NULL;', hash='0584eff0f6af15e34d0c00357da9adf1a64ad336', operation='INSERT', pgid='pgtrigger_insert_insert_53d41', table='beneficiaires_beneficiaire', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."adresse" IS DISTINCT FROM (NEW."adresse") OR OLD."code_postal" IS DISTINCT FROM (NEW."code_postal") OR OLD."commune" IS DISTINCT FROM (NEW."commune") OR OLD."courriel" IS DISTINCT FROM (NEW."courriel") OR OLD."cree_le" IS DISTINCT FROM (NEW."cree_le") OR OLD."date_naissance" IS DISTINCT FROM (NEW."date_naissance") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."identifiant_france_travail" IS DISTINCT FROM (NEW."identifiant_france_travail") OR OLD."modifie_le" IS DISTINCT FROM (NEW."modifie_le") OR OLD."niveau_formation" IS DISTINCT FROM (NEW."niveau_formation") OR OLD."nom_naissance" IS DISTINCT FROM (NEW."nom_naissance") OR OLD."nom_usage" IS DISTINCT FROM (NEW."nom_usage") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."prenom" IS DISTINCT FROM (NEW."prenom") OR OLD."prescripteur_id" IS DISTINCT FROM (NEW."prescripteur_id") OR OLD."qpv" IS DISTINCT FROM (NEW."qpv") OR OLD."qpv_mode" IS DISTINCT FROM (NEW."qpv_mode") OR OLD."qpv_nom" IS DISTINCT FROM (NEW."qpv_nom") OR OLD."qpv_verifie_le" IS DISTINCT FROM (NEW."qpv_verifie_le") OR OLD."referent_id" IS DISTINCT FROM (NEW."referent_id") OR OLD."sexe" IS DISTINCT FROM (NEW."sexe") OR OLD."structure_id" IS DISTINCT FROM (NEW."structure_id") OR OLD."telephone" IS DISTINCT FROM (NEW."telephone"))', func='INSERT INTO "beneficiaires_beneficiaireevent" ("adresse", "code_postal", "commune", "courriel", "cree_le", "date_naissance", "id", "identifiant_france_travail", "modifie_le", "niveau_formation", "nom_naissance", "nom_usage", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prenom", "prescripteur_id", "qpv", "qpv_mode", "qpv_nom", "qpv_verifie_le", "referent_id", "sexe", "structure_id", "telephone") VALUES (NEW."adresse", NEW."code_postal", NEW."commune", NEW."courriel", NEW."cree_le", NEW."date_naissance", NEW."id", NEW."identifiant_france_travail", NEW."modifie_le", NEW."niveau_formation", NEW."nom_naissance", NEW."nom_usage", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."prenom", NEW."prescripteur_id", NEW."qpv", NEW."qpv_mode", NEW."qpv_nom", NEW."qpv_verifie_le", NEW."referent_id", NEW."sexe", NEW."structure_id", NEW."telephone"); RETURN NULL;', hash='421981d80993d1ffc0b5b48c267119c6ed33547d', operation='UPDATE', pgid='pgtrigger_update_update_743f9', table='beneficiaires_beneficiaire', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "beneficiaires_beneficiaireevent" ("adresse", "code_postal", "commune", "courriel", "cree_le", "date_naissance", "id", "identifiant_france_travail", "modifie_le", "niveau_formation", "nom_naissance", "nom_usage", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prenom", "prescripteur_id", "qpv", "qpv_mode", "qpv_nom", "qpv_verifie_le", "referent_id", "sexe", "structure_id", "telephone") VALUES (OLD."adresse", OLD."code_postal", OLD."commune", OLD."courriel", OLD."cree_le", OLD."date_naissance", OLD."id", OLD."identifiant_france_travail", OLD."modifie_le", OLD."niveau_formation", OLD."nom_naissance", OLD."nom_usage", OLD."note", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."prenom", OLD."prescripteur_id", OLD."qpv", OLD."qpv_mode", OLD."qpv_nom", OLD."qpv_verifie_le", OLD."referent_id", OLD."sexe", OLD."structure_id", OLD."telephone"); RETURN NULL;', hash='9e5dc06b821354017336d529c5d4d622d039505b', operation='DELETE', pgid='pgtrigger_delete_delete_6fcba', table='beneficiaires_beneficiaire', when='AFTER'))],
                },
            ),
            migrations.CreateModel(
                name='BeneficiaireEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='beneficiaires.beneficiaire')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                    ('structure', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='comptes.organisation')),
                    ('prenom', models.CharField(max_length=80, verbose_name='prénom')),
                    ('nom_naissance', models.CharField(max_length=80, verbose_name='nom de naissance')),
                    ('nom_usage', models.CharField(blank=True, max_length=80, verbose_name='nom d’usage')),
                    ('date_naissance', models.DateField(verbose_name='date de naissance')),
                    ('sexe', models.CharField(choices=[('F', 'Femme'), ('H', 'Homme')], max_length=1, verbose_name='sexe')),
                    ('courriel', models.EmailField(blank=True, max_length=254, verbose_name='courriel')),
                    ('telephone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                    ('adresse', models.CharField(blank=True, max_length=200, verbose_name='adresse')),
                    ('code_postal', models.CharField(blank=True, max_length=5, verbose_name='code postal')),
                    ('commune', models.CharField(max_length=100, verbose_name='commune')),
                    ('qpv', models.CharField(choices=[('inconnu', 'Pas encore vérifié'), ('oui', 'Habite un QPV'), ('non', 'N’habite pas un QPV')], default='inconnu', max_length=8, verbose_name='quartier prioritaire')),
                    ('qpv_nom', models.CharField(blank=True, max_length=80, verbose_name='nom ou code du quartier')),
                    ('qpv_mode', models.CharField(blank=True, choices=[('adresse', 'Adresse vérifiée sur sig.ville.gouv.fr'), ('justificatif', 'Justificatif de domicile'), ('attestation', 'Attestation du prescripteur'), ('declare', 'Déclaré par la personne')], max_length=12, verbose_name='comment le quartier a été établi')),
                    ('qpv_verifie_le', models.DateField(blank=True, null=True, verbose_name='quartier vérifié le')),
                    ('niveau_formation', models.PositiveSmallIntegerField(blank=True, choices=beneficiaires.models.champs.choix_niveaux, null=True, verbose_name='niveau de formation')),
                    ('identifiant_france_travail', models.CharField(blank=True, max_length=11, validators=[beneficiaires.models.champs.valider_identifiant_france_travail], verbose_name='identifiant France Travail')),
                    ('prescripteur', models.ForeignKey(blank=True, db_constraint=False, limit_choices_to={'profil': 'prescripteur'}, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='comptes.organisation', verbose_name='orientée par')),
                    ('referent', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='suivie par')),
                    ('note', models.TextField(blank=True, max_length=1000, validators=[beneficiaires.models.champs.sans_nir], verbose_name='note de suivi')),
                    ('cree_le', models.DateTimeField(auto_now_add=True)),
                    ('modifie_le', models.DateTimeField(auto_now=True)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Consultation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('beneficiaire', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consultations', to='beneficiaires.beneficiaire')),
                    ('utilisateur', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('moment', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'consultation',
                    'ordering': ['-moment'],
                    'indexes': [models.Index(fields=['beneficiaire', '-moment'], name='consultation_recente')],
                    'constraints': [models.UniqueConstraint(models.F('beneficiaire'), models.F('utilisateur'), beneficiaires.models.personnes.HeureUtc('moment'), name='consultation_une_par_heure', violation_error_message='Cette consultation est déjà notée.')],
                },
            ),
            migrations.CreateModel(
                name='Orientation',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('prescripteur', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comptes.organisation')),
                    ('auteur', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('structure', models.ForeignKey(limit_choices_to={'profil': 'facilitateur'}, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comptes.organisation', verbose_name='structure facilitatrice')),
                    ('etat', models.CharField(choices=[('brouillon', 'Brouillon'), ('envoyee', 'Envoyée'), ('acceptee', 'Acceptée'), ('refusee', 'Refusée')], default='brouillon', max_length=10)),
                    ('prenom', models.CharField(max_length=80, verbose_name='prénom')),
                    ('nom_naissance', models.CharField(max_length=80, verbose_name='nom de naissance')),
                    ('nom_usage', models.CharField(blank=True, max_length=80, verbose_name='nom d’usage')),
                    ('date_naissance', models.DateField(verbose_name='date de naissance')),
                    ('sexe', models.CharField(choices=[('F', 'Femme'), ('H', 'Homme')], max_length=1, verbose_name='sexe')),
                    ('telephone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                    ('courriel', models.EmailField(blank=True, max_length=254, verbose_name='courriel')),
                    ('code_postal', models.CharField(blank=True, max_length=5, verbose_name='code postal')),
                    ('commune', models.CharField(max_length=100, verbose_name='commune')),
                    ('niveau_formation', models.PositiveSmallIntegerField(blank=True, choices=beneficiaires.models.champs.choix_niveaux, null=True, verbose_name='niveau de formation')),
                    ('identifiant_france_travail', models.CharField(blank=True, max_length=11, validators=[beneficiaires.models.champs.valider_identifiant_france_travail], verbose_name='identifiant France Travail')),
                    ('pass_iae', models.CharField(choices=[('oui', 'Oui'), ('non', 'Non'), ('inconnu', 'Je ne sais pas')], default='inconnu', max_length=8, verbose_name='PASS IAE en cours')),
                    ('freins', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=beneficiaires.models.champs.choix_freins, max_length=24), blank=True, default=list, size=None, verbose_name='freins repérés')),
                    ('projet', models.TextField(blank=True, max_length=600, validators=[beneficiaires.models.champs.sans_nir], verbose_name='projet')),
                    ('envoyee_le', models.DateTimeField(blank=True, null=True, verbose_name='envoyée le')),
                    ('repondue_le', models.DateTimeField(blank=True, null=True, verbose_name='répondue le')),
                    ('repondue_par', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('motif_refus', models.CharField(blank=True, choices=[('aucune_offre', 'Aucune offre ne correspond en ce moment'), ('critere', 'Aucun critère des marchés en cours n’est rempli'), ('pieces', 'Les pièces demandées manquent'), ('injoignable', 'La personne n’a pas pu être jointe'), ('territoire', 'La personne relève d’une autre structure'), ('autre', 'Autre raison')], max_length=14, verbose_name='raison')),
                    ('message_reponse', models.TextField(blank=True, max_length=600, validators=[beneficiaires.models.champs.sans_nir], verbose_name='message au prescripteur')),
                    ('beneficiaire', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orientations', to='beneficiaires.beneficiaire')),
                    ('cree_le', models.DateTimeField(auto_now_add=True)),
                    ('metiers', models.ManyToManyField(blank=True, related_name='+', to='beneficiaires.metierrome', verbose_name='métiers recherchés')),
                ],
                options={
                    'verbose_name': 'orientation',
                    'ordering': ['-envoyee_le', '-cree_le'],
                    'indexes': [models.Index(fields=['structure', 'etat', 'envoyee_le'], name='orientation_a_traiter'), models.Index(fields=['prescripteur', 'etat'], name='orientation_du_prescripteur')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('etat', 'refusee'), _negated=True), models.Q(('motif_refus', ''), _negated=True), _connector='OR'), name='orientation_refus_motive', violation_error_message='Un refus donne sa raison.'), models.CheckConstraint(condition=models.Q(models.Q(('etat', 'acceptee'), _negated=True), ('beneficiaire__isnull', False), _connector='OR'), name='orientation_acceptee_a_un_beneficiaire', violation_error_message='Une orientation acceptée mène à une personne suivie.'), models.CheckConstraint(condition=models.Q(('etat', 'brouillon'), ('envoyee_le__isnull', False), _connector='OR'), name='orientation_envoyee_datee', violation_error_message='Une orientation envoyée a une date d’envoi.')],
                    'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "beneficiaires_orientationevent" ("auteur_id", "beneficiaire_id", "code_postal", "commune", "courriel", "cree_le", "date_naissance", "envoyee_le", "etat", "freins", "id", "identifiant_france_travail", "message_reponse", "motif_refus", "niveau_formation", "nom_naissance", "nom_usage", "pass_iae", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prenom", "prescripteur_id", "projet", "repondue_le", "repondue_par_id", "sexe", "structure_id", "telephone") VALUES (NEW."auteur_id", NEW."beneficiaire_id", NEW."code_postal", NEW."commune", NEW."courriel", NEW."cree_le", NEW."date_naissance", NEW."envoyee_le", NEW."etat", NEW."freins", NEW."id", NEW."identifiant_france_travail", NEW."message_reponse", NEW."motif_refus", NEW."niveau_formation", NEW."nom_naissance", NEW."nom_usage", NEW."pass_iae", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."prenom", NEW."prescripteur_id", NEW."projet", NEW."repondue_le", NEW."repondue_par_id", NEW."sexe", NEW."structure_id", NEW."telephone"); RETURN NULL;', hash='0a33cb2b19102854495d9c931b8536e4a43ac9c9', operation='INSERT', pgid='pgtrigger_insert_insert_0f7c5', table='beneficiaires_orientation', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "beneficiaires_orientationevent" ("auteur_id", "beneficiaire_id", "code_postal", "commune", "courriel", "cree_le", "date_naissance", "envoyee_le", "etat", "freins", "id", "identifiant_france_travail", "message_reponse", "motif_refus", "niveau_formation", "nom_naissance", "nom_usage", "pass_iae", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prenom", "prescripteur_id", "projet", "repondue_le", "repondue_par_id", "sexe", "structure_id", "telephone") VALUES (NEW."auteur_id", NEW."beneficiaire_id", NEW."code_postal", NEW."commune", NEW."courriel", NEW."cree_le", NEW."date_naissance", NEW."envoyee_le", NEW."etat", NEW."freins", NEW."id", NEW."identifiant_france_travail", NEW."message_reponse", NEW."motif_refus", NEW."niveau_formation", NEW."nom_naissance", NEW."nom_usage", NEW."pass_iae", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."prenom", NEW."prescripteur_id", NEW."projet", NEW."repondue_le", NEW."repondue_par_id", NEW."sexe", NEW."structure_id", NEW."telephone"); RETURN NULL;', hash='941700d1e9c2b7bf181ffb11dd90d438743d7ac5', operation='UPDATE', pgid='pgtrigger_update_update_6fcc3', table='beneficiaires_orientation', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "beneficiaires_orientationevent" ("auteur_id", "beneficiaire_id", "code_postal", "commune", "courriel", "cree_le", "date_naissance", "envoyee_le", "etat", "freins", "id", "identifiant_france_travail", "message_reponse", "motif_refus", "niveau_formation", "nom_naissance", "nom_usage", "pass_iae", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prenom", "prescripteur_id", "projet", "repondue_le", "repondue_par_id", "sexe", "structure_id", "telephone") VALUES (OLD."auteur_id", OLD."beneficiaire_id", OLD."code_postal", OLD."commune", OLD."courriel", OLD."cree_le", OLD."date_naissance", OLD."envoyee_le", OLD."etat", OLD."freins", OLD."id", OLD."identifiant_france_travail", OLD."message_reponse", OLD."motif_refus", OLD."niveau_formation", OLD."nom_naissance", OLD."nom_usage", OLD."pass_iae", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."prenom", OLD."prescripteur_id", OLD."projet", OLD."repondue_le", OLD."repondue_par_id", OLD."sexe", OLD."structure_id", OLD."telephone"); RETURN NULL;', hash='0641b05b60653c680af5bbdb2d1aac12f758493f', operation='DELETE', pgid='pgtrigger_delete_delete_aa20b', table='beneficiaires_orientation', when='AFTER'))],
                },
            ),
            migrations.CreateModel(
                name='CritereOriente',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('orientation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteres', to='beneficiaires.orientation')),
                    ('critere', models.CharField(choices=beneficiaires.models.champs.choix_criteres, max_length=20, verbose_name='critère')),
                    ('date_piece', models.DateField(blank=True, null=True, verbose_name='date de la pièce')),
                ],
                options={
                    'verbose_name': 'critère coché',
                    'constraints': [models.UniqueConstraint(fields=('orientation', 'critere'), name='critere_oriente_unique', violation_error_message='Ce critère est déjà coché.')],
                    'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "beneficiaires_critereorienteevent" ("critere", "date_piece", "id", "orientation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."critere", NEW."date_piece", NEW."id", NEW."orientation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='14ed9b1fc417f96663cbec0666b177e45638e5d6', operation='INSERT', pgid='pgtrigger_insert_insert_35388', table='beneficiaires_critereoriente', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "beneficiaires_critereorienteevent" ("critere", "date_piece", "id", "orientation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."critere", NEW."date_piece", NEW."id", NEW."orientation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='54c396dca4597155abafc4784473816cf0a44ebc', operation='UPDATE', pgid='pgtrigger_update_update_ab2e0', table='beneficiaires_critereoriente', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "beneficiaires_critereorienteevent" ("critere", "date_piece", "id", "orientation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."critere", OLD."date_piece", OLD."id", OLD."orientation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='76f870fa70911197c20395426ac44fa79e689a5d', operation='DELETE', pgid='pgtrigger_delete_delete_c9b71', table='beneficiaires_critereoriente', when='AFTER'))],
                },
            ),
            migrations.CreateModel(
                name='CritereOrienteEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='beneficiaires.critereoriente')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('id', models.BigIntegerField()),
                    ('orientation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='beneficiaires.orientation')),
                    ('critere', models.CharField(choices=beneficiaires.models.champs.choix_criteres, max_length=20, verbose_name='critère')),
                    ('date_piece', models.DateField(blank=True, null=True, verbose_name='date de la pièce')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Situation',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('beneficiaire', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='situations', to='beneficiaires.beneficiaire')),
                    ('critere', models.CharField(choices=beneficiaires.models.champs.choix_criteres, max_length=20, verbose_name='critère')),
                    ('date_debut', models.DateField(verbose_name='depuis le')),
                    ('date_fin', models.DateField(blank=True, null=True, verbose_name='jusqu’au')),
                    ('precision', models.CharField(blank=True, max_length=160, validators=[beneficiaires.models.champs.sans_nir], verbose_name='précision')),
                    ('organisme_avis', models.CharField(blank=True, choices=beneficiaires.models.champs.choix_organismes, default='', max_length=10, verbose_name='organisme qui donne l’avis')),
                ],
                options={
                    'verbose_name': 'situation',
                    'ordering': ['-date_debut', 'critere'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('date_fin__isnull', True), ('date_fin__gte', models.F('date_debut')), _connector='OR'), name='situation_dates_ordonnees', violation_error_message='La situation ne peut pas finir avant d’avoir commencé.'), models.UniqueConstraint(fields=('beneficiaire', 'critere', 'date_debut'), name='situation_unique', violation_error_message='Cette situation est déjà enregistrée à cette date.')],
                    'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "beneficiaires_situationevent" ("beneficiaire_id", "critere", "date_debut", "date_fin", "id", "organisme_avis", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "precision") VALUES (NEW."beneficiaire_id", NEW."critere", NEW."date_debut", NEW."date_fin", NEW."id", NEW."organisme_avis", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."precision"); RETURN NULL;', hash='ce3c28d4643099f1cf45fdd0559d5633f117a7c4', operation='INSERT', pgid='pgtrigger_insert_insert_501b5', table='beneficiaires_situation', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "beneficiaires_situationevent" ("beneficiaire_id", "critere", "date_debut", "date_fin", "id", "organisme_avis", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "precision") VALUES (NEW."beneficiaire_id", NEW."critere", NEW."date_debut", NEW."date_fin", NEW."id", NEW."organisme_avis", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."precision"); RETURN NULL;', hash='642b55aba750f52e10d3848431919fb8dacd3b25', operation='UPDATE', pgid='pgtrigger_update_update_03ba4', table='beneficiaires_situation', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "beneficiaires_situationevent" ("beneficiaire_id", "critere", "date_debut", "date_fin", "id", "organisme_avis", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "precision") VALUES (OLD."beneficiaire_id", OLD."critere", OLD."date_debut", OLD."date_fin", OLD."id", OLD."organisme_avis", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."precision"); RETURN NULL;', hash='0017e6b8ba3e8d9947846092cdea9d6bc39db32d', operation='DELETE', pgid='pgtrigger_delete_delete_f0032', table='beneficiaires_situation', when='AFTER'))],
                },
            ),
            migrations.CreateModel(
                name='Justificatif',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('situation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='justificatifs', to='beneficiaires.situation')),
                    ('piece', models.CharField(max_length=120, verbose_name='pièce')),
                    ('date_piece', models.DateField(verbose_name='date de la pièce')),
                    ('vu_le', models.DateField(verbose_name='vue le')),
                    ('vu_par', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'justificatif',
                    'ordering': ['-date_piece'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('vu_le__gte', models.F('date_piece'))), name='justificatif_vu_apres_sa_date', violation_error_message='La pièce ne peut pas avoir été vue avant sa propre date.'), models.UniqueConstraint(models.F('situation'), django.db.models.functions.text.Lower('piece'), models.F('date_piece'), name='justificatif_unique', violation_error_message='Cette pièce, de cette date, est déjà enregistrée.')],
                    'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "beneficiaires_justificatifevent" ("date_piece", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "piece", "situation_id", "vu_le", "vu_par_id") VALUES (NEW."date_piece", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."piece", NEW."situation_id", NEW."vu_le", NEW."vu_par_id"); RETURN NULL;', hash='a4b7d428c20698b2074c80dcdacb3024791f3731', operation='INSERT', pgid='pgtrigger_insert_insert_89bea', table='beneficiaires_justificatif', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "beneficiaires_justificatifevent" ("date_piece", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "piece", "situation_id", "vu_le", "vu_par_id") VALUES (NEW."date_piece", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."piece", NEW."situation_id", NEW."vu_le", NEW."vu_par_id"); RETURN NULL;', hash='7167f859bb76c8020de8fc3cb4936456fcf5df95', operation='UPDATE', pgid='pgtrigger_update_update_10bc7', table='beneficiaires_justificatif', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "beneficiaires_justificatifevent" ("date_piece", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "piece", "situation_id", "vu_le", "vu_par_id") VALUES (OLD."date_piece", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."piece", OLD."situation_id", OLD."vu_le", OLD."vu_par_id"); RETURN NULL;', hash='cc2bd5d383a117395e78287b15b20a6f33824074', operation='DELETE', pgid='pgtrigger_delete_delete_e30d4', table='beneficiaires_justificatif', when='AFTER'))],
                },
            ),
            migrations.CreateModel(
                name='JustificatifEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='beneficiaires.justificatif')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                    ('situation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='beneficiaires.situation')),
                    ('piece', models.CharField(max_length=120, verbose_name='pièce')),
                    ('date_piece', models.DateField(verbose_name='date de la pièce')),
                    ('vu_le', models.DateField(verbose_name='vue le')),
                    ('vu_par', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='OrientationEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='beneficiaires.orientation')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                    ('prescripteur', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='comptes.organisation')),
                    ('auteur', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('structure', models.ForeignKey(db_constraint=False, limit_choices_to={'profil': 'facilitateur'}, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='comptes.organisation', verbose_name='structure facilitatrice')),
                    ('etat', models.CharField(choices=[('brouillon', 'Brouillon'), ('envoyee', 'Envoyée'), ('acceptee', 'Acceptée'), ('refusee', 'Refusée')], default='brouillon', max_length=10)),
                    ('prenom', models.CharField(max_length=80, verbose_name='prénom')),
                    ('nom_naissance', models.CharField(max_length=80, verbose_name='nom de naissance')),
                    ('nom_usage', models.CharField(blank=True, max_length=80, verbose_name='nom d’usage')),
                    ('date_naissance', models.DateField(verbose_name='date de naissance')),
                    ('sexe', models.CharField(choices=[('F', 'Femme'), ('H', 'Homme')], max_length=1, verbose_name='sexe')),
                    ('telephone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                    ('courriel', models.EmailField(blank=True, max_length=254, verbose_name='courriel')),
                    ('code_postal', models.CharField(blank=True, max_length=5, verbose_name='code postal')),
                    ('commune', models.CharField(max_length=100, verbose_name='commune')),
                    ('niveau_formation', models.PositiveSmallIntegerField(blank=True, choices=beneficiaires.models.champs.choix_niveaux, null=True, verbose_name='niveau de formation')),
                    ('identifiant_france_travail', models.CharField(blank=True, max_length=11, validators=[beneficiaires.models.champs.valider_identifiant_france_travail], verbose_name='identifiant France Travail')),
                    ('pass_iae', models.CharField(choices=[('oui', 'Oui'), ('non', 'Non'), ('inconnu', 'Je ne sais pas')], default='inconnu', max_length=8, verbose_name='PASS IAE en cours')),
                    ('freins', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=beneficiaires.models.champs.choix_freins, max_length=24), blank=True, default=list, size=None, verbose_name='freins repérés')),
                    ('projet', models.TextField(blank=True, max_length=600, validators=[beneficiaires.models.champs.sans_nir], verbose_name='projet')),
                    ('envoyee_le', models.DateTimeField(blank=True, null=True, verbose_name='envoyée le')),
                    ('repondue_le', models.DateTimeField(blank=True, null=True, verbose_name='répondue le')),
                    ('repondue_par', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('motif_refus', models.CharField(blank=True, choices=[('aucune_offre', 'Aucune offre ne correspond en ce moment'), ('critere', 'Aucun critère des marchés en cours n’est rempli'), ('pieces', 'Les pièces demandées manquent'), ('injoignable', 'La personne n’a pas pu être jointe'), ('territoire', 'La personne relève d’une autre structure'), ('autre', 'Autre raison')], max_length=14, verbose_name='raison')),
                    ('message_reponse', models.TextField(blank=True, max_length=600, validators=[beneficiaires.models.champs.sans_nir], verbose_name='message au prescripteur')),
                    ('beneficiaire', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='beneficiaires.beneficiaire')),
                    ('cree_le', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Residence',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('beneficiaire', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='residences', to='beneficiaires.beneficiaire')),
                    ('date_debut', models.DateField(blank=True, null=True, verbose_name='depuis le')),
                    ('date_fin', models.DateField(verbose_name='jusqu’au')),
                    ('adresse', models.CharField(blank=True, max_length=200, verbose_name='adresse')),
                    ('code_postal', models.CharField(blank=True, max_length=5, verbose_name='code postal')),
                    ('commune', models.CharField(max_length=100, verbose_name='commune')),
                    ('qpv', models.CharField(choices=[('inconnu', 'Pas encore vérifié'), ('oui', 'Habite un QPV'), ('non', 'N’habite pas un QPV')], default='inconnu', max_length=8, verbose_name='quartier prioritaire')),
                    ('qpv_nom', models.CharField(blank=True, max_length=80, verbose_name='nom ou code du quartier')),
                    ('qpv_mode', models.CharField(blank=True, choices=[('adresse', 'Adresse vérifiée sur sig.ville.gouv.fr'), ('justificatif', 'Justificatif de domicile'), ('attestation', 'Attestation du prescripteur'), ('declare', 'Déclaré par la personne')], max_length=12, verbose_name='comment le quartier a été établi')),
                    ('qpv_verifie_le', models.DateField(blank=True, null=True, verbose_name='quartier vérifié le')),
                ],
                options={
                    'verbose_name': 'adresse quittée',
                    'ordering': ['-date_fin'],
                    'constraints': [models.UniqueConstraint(fields=('beneficiaire', 'date_fin'), name='residence_une_fin', violation_error_message='Un déménagement est déjà noté ce jour-là.'), models.CheckConstraint(condition=models.Q(('date_debut__isnull', True), ('date_fin__gte', models.F('date_debut')), _connector='OR'), name='residence_dates_ordonnees', violation_error_message='On ne quitte pas une adresse avant d’y être arrivé.'), models.CheckConstraint(condition=models.Q(models.Q(('qpv', 'oui'), _negated=True), models.Q(('qpv_mode', ''), _negated=True), _connector='OR'), name='residence_qpv_etabli', violation_error_message='Dites comment le quartier prioritaire a été établi.')],
                    'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "beneficiaires_residenceevent" ("adresse", "beneficiaire_id", "code_postal", "commune", "date_debut", "date_fin", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "qpv", "qpv_mode", "qpv_nom", "qpv_verifie_le") VALUES (NEW."adresse", NEW."beneficiaire_id", NEW."code_postal", NEW."commune", NEW."date_debut", NEW."date_fin", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."qpv", NEW."qpv_mode", NEW."qpv_nom", NEW."qpv_verifie_le"); RETURN NULL;', hash='0c3516403b61461b1b8634339ed47538b4cba606', operation='INSERT', pgid='pgtrigger_insert_insert_c3e39', table='beneficiaires_residence', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "beneficiaires_residenceevent" ("adresse", "beneficiaire_id", "code_postal", "commune", "date_debut", "date_fin", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "qpv", "qpv_mode", "qpv_nom", "qpv_verifie_le") VALUES (NEW."adresse", NEW."beneficiaire_id", NEW."code_postal", NEW."commune", NEW."date_debut", NEW."date_fin", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."qpv", NEW."qpv_mode", NEW."qpv_nom", NEW."qpv_verifie_le"); RETURN NULL;', hash='0806b862f4b9a26b679b4df90baee7ea1dca2ecb', operation='UPDATE', pgid='pgtrigger_update_update_48909', table='beneficiaires_residence', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "beneficiaires_residenceevent" ("adresse", "beneficiaire_id", "code_postal", "commune", "date_debut", "date_fin", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "qpv", "qpv_mode", "qpv_nom", "qpv_verifie_le") VALUES (OLD."adresse", OLD."beneficiaire_id", OLD."code_postal", OLD."commune", OLD."date_debut", OLD."date_fin", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."qpv", OLD."qpv_mode", OLD."qpv_nom", OLD."qpv_verifie_le"); RETURN NULL;', hash='d3eb164a7fbe4312d8c724984eafa41c85201099', operation='DELETE', pgid='pgtrigger_delete_delete_71727', table='beneficiaires_residence', when='AFTER'))],
                },
            ),
            migrations.CreateModel(
                name='ResidenceEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='beneficiaires.residence')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                    ('beneficiaire', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='beneficiaires.beneficiaire')),
                    ('date_debut', models.DateField(blank=True, null=True, verbose_name='depuis le')),
                    ('date_fin', models.DateField(verbose_name='jusqu’au')),
                    ('adresse', models.CharField(blank=True, max_length=200, verbose_name='adresse')),
                    ('code_postal', models.CharField(blank=True, max_length=5, verbose_name='code postal')),
                    ('commune', models.CharField(max_length=100, verbose_name='commune')),
                    ('qpv', models.CharField(choices=[('inconnu', 'Pas encore vérifié'), ('oui', 'Habite un QPV'), ('non', 'N’habite pas un QPV')], default='inconnu', max_length=8, verbose_name='quartier prioritaire')),
                    ('qpv_nom', models.CharField(blank=True, max_length=80, verbose_name='nom ou code du quartier')),
                    ('qpv_mode', models.CharField(blank=True, choices=[('adresse', 'Adresse vérifiée sur sig.ville.gouv.fr'), ('justificatif', 'Justificatif de domicile'), ('attestation', 'Attestation du prescripteur'), ('declare', 'Déclaré par la personne')], max_length=12, verbose_name='comment le quartier a été établi')),
                    ('qpv_verifie_le', models.DateField(blank=True, null=True, verbose_name='quartier vérifié le')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='SituationEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='beneficiaires.situation')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                    ('beneficiaire', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='beneficiaires.beneficiaire')),
                    ('critere', models.CharField(choices=beneficiaires.models.champs.choix_criteres, max_length=20, verbose_name='critère')),
                    ('date_debut', models.DateField(verbose_name='depuis le')),
                    ('date_fin', models.DateField(blank=True, null=True, verbose_name='jusqu’au')),
                    ('precision', models.CharField(blank=True, max_length=160, validators=[beneficiaires.models.champs.sans_nir], verbose_name='précision')),
                    ('organisme_avis', models.CharField(blank=True, choices=beneficiaires.models.champs.choix_organismes, default='', max_length=10, verbose_name='organisme qui donne l’avis')),
                ],
                options={
                    'abstract': False,
                },
            ),
        ]),
        migrations.RunPython(
            code=functools.partial(comptes.triggers.poser_triggers, 'beneficiaires'),
            reverse_code=migrations.RunPython.noop,
        ),
        migrations.RunPython(charger_rome, migrations.RunPython.noop),
    ]
