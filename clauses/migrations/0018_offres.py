"""Les offres des entreprises, les candidatures et leur fil, les alertes des prescripteurs."""

import beneficiaires.models.champs
import clauses.regles.candidatures
import clauses.regles.offres
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models

from comptes.ensemble import Ensemble


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaires', '0007_communes'),
        ('clauses', '0017_preuves'),
        ('comptes', '0003_coordination'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Ensemble([
            migrations.CreateModel(
                name='Offre',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('commune', models.CharField(max_length=120, verbose_name='commune')),
                    ('cle_commune', models.CharField(blank=True, editable=False, max_length=120)),
                    ('code_commune', models.CharField(blank=True, editable=False, max_length=5)),
                    ('latitude', models.FloatField(blank=True, editable=False, null=True)),
                    ('longitude', models.FloatField(blank=True, editable=False, null=True)),
                    ('date_debut', models.DateField(verbose_name='premier jour')),
                    ('date_fin', models.DateField(blank=True, null=True, verbose_name='dernier jour')),
                    ('postes', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1, 'Une offre a au moins un poste.'), django.core.validators.MaxValueValidator(200, 'Une offre a 200\xa0postes au plus. Vérifiez le nombre.')], verbose_name='nombre de postes')),
                    ('type_contrat', models.CharField(choices=[('cdi', 'CDI'), ('cdi_chantier', 'CDI de chantier'), ('cdd', 'CDD'), ('cddu', 'CDD d’usage'), ('cddi', 'CDD d’insertion (CDDI)'), ('cdi_inclusion', 'CDI inclusion'), ('cdd_tremplin', 'CDD tremplin'), ('ctti', 'Contrat de travail temporaire d’insertion (CTTI)'), ('interim', 'Mission d’intérim'), ('apprentissage', 'Apprentissage'), ('professionnalisation', 'Professionnalisation'), ('autre', 'Autre contrat')], max_length=20, verbose_name='type de contrat')),
                    ('heures_hebdo', models.DecimalField(decimal_places=2, max_digits=4, validators=[django.core.validators.MinValueValidator(1, 'Indiquez au moins 1\xa0h par semaine.'), django.core.validators.MaxValueValidator(48, '48\xa0h par semaine au plus (code du travail, L3121-20).')], verbose_name='heures par semaine')),
                    ('conditions', models.TextField(blank=True, max_length=1000, validators=[beneficiaires.models.champs.sans_nir], verbose_name='conditions')),
                    ('etat', models.CharField(choices=[('brouillon', 'Brouillon'), ('publiee', 'Publiée'), ('pourvue', 'Pourvue'), ('retiree', 'Retirée')], default=clauses.regles.offres.EtatOffre['BROUILLON'], max_length=9, verbose_name='état')),
                    ('publiee_le', models.DateTimeField(blank=True, null=True, verbose_name='publiée le')),
                    ('cree_le', models.DateTimeField(auto_now_add=True)),
                    ('cree_par', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('engagement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offres', to='clauses.engagement', verbose_name='engagement')),
                    ('metier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='beneficiaires.metierrome', verbose_name='métier (ROME)')),
                ],
                options={
                    'verbose_name': 'offre',
                    'ordering': ['-publiee_le', '-cree_le'],
                },
            ),
            migrations.CreateModel(
                name='OffreEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                    ('commune', models.CharField(max_length=120, verbose_name='commune')),
                    ('cle_commune', models.CharField(blank=True, editable=False, max_length=120)),
                    ('code_commune', models.CharField(blank=True, editable=False, max_length=5)),
                    ('latitude', models.FloatField(blank=True, editable=False, null=True)),
                    ('longitude', models.FloatField(blank=True, editable=False, null=True)),
                    ('date_debut', models.DateField(verbose_name='premier jour')),
                    ('date_fin', models.DateField(blank=True, null=True, verbose_name='dernier jour')),
                    ('postes', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1, 'Une offre a au moins un poste.'), django.core.validators.MaxValueValidator(200, 'Une offre a 200\xa0postes au plus. Vérifiez le nombre.')], verbose_name='nombre de postes')),
                    ('type_contrat', models.CharField(choices=[('cdi', 'CDI'), ('cdi_chantier', 'CDI de chantier'), ('cdd', 'CDD'), ('cddu', 'CDD d’usage'), ('cddi', 'CDD d’insertion (CDDI)'), ('cdi_inclusion', 'CDI inclusion'), ('cdd_tremplin', 'CDD tremplin'), ('ctti', 'Contrat de travail temporaire d’insertion (CTTI)'), ('interim', 'Mission d’intérim'), ('apprentissage', 'Apprentissage'), ('professionnalisation', 'Professionnalisation'), ('autre', 'Autre contrat')], max_length=20, verbose_name='type de contrat')),
                    ('heures_hebdo', models.DecimalField(decimal_places=2, max_digits=4, validators=[django.core.validators.MinValueValidator(1, 'Indiquez au moins 1\xa0h par semaine.'), django.core.validators.MaxValueValidator(48, '48\xa0h par semaine au plus (code du travail, L3121-20).')], verbose_name='heures par semaine')),
                    ('conditions', models.TextField(blank=True, max_length=1000, validators=[beneficiaires.models.champs.sans_nir], verbose_name='conditions')),
                    ('etat', models.CharField(choices=[('brouillon', 'Brouillon'), ('publiee', 'Publiée'), ('pourvue', 'Pourvue'), ('retiree', 'Retirée')], default=clauses.regles.offres.EtatOffre['BROUILLON'], max_length=9, verbose_name='état')),
                    ('publiee_le', models.DateTimeField(blank=True, null=True, verbose_name='publiée le')),
                    ('cree_le', models.DateTimeField(auto_now_add=True)),
                    ('cree_par', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('engagement', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clauses.engagement', verbose_name='engagement')),
                    ('metier', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='beneficiaires.metierrome', verbose_name='métier (ROME)')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clauses.offre')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Candidature',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('etat', models.CharField(choices=[('envoyee', 'Envoyée'), ('rencontre', 'Rencontre'), ('retenue', 'Retenue'), ('refusee', 'Refusée'), ('retiree', 'Retirée'), ('sans_suite', 'Sans suite')], default=clauses.regles.candidatures.EtatCandidature['ENVOYEE'], max_length=10, verbose_name='état')),
                    ('presentation', models.TextField(max_length=600, validators=[beneficiaires.models.champs.sans_nir, django.core.validators.MinLengthValidator(20, 'Écrivez une phrase ou deux.')], verbose_name='présentation')),
                    ('disponible_le', models.DateField(verbose_name='disponible à partir du')),
                    ('consentie_le', models.DateTimeField(verbose_name='accord de la personne')),
                    ('envoyee_le', models.DateTimeField(verbose_name='envoyée le')),
                    ('signe_le', models.DateTimeField(blank=True, null=True, verbose_name='dernier signe de l’entreprise')),
                    ('rencontre_le', models.DateField(blank=True, null=True, verbose_name='rencontre le')),
                    ('decidee_le', models.DateTimeField(blank=True, null=True, verbose_name='décidée le')),
                    ('motif_refus', models.CharField(blank=True, choices=[('experience', 'Son expérience ne correspond pas au poste'), ('disponibilite', 'Ses disponibilités ne vont pas avec les dates'), ('deplacement', 'Le lieu ou les horaires ne lui conviennent pas'), ('absente', 'La rencontre n’a pas pu avoir lieu'), ('non_comptee', 'Ses heures ne compteraient pas sur ce marché'), ('besoin', 'Le besoin a changé'), ('autre', 'Autre raison')], max_length=14, verbose_name='raison du refus')),
                    ('auteur', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('beneficiaire', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='candidatures', to='beneficiaires.beneficiaire')),
                    ('decidee_par', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('prescripteur', models.ForeignKey(limit_choices_to={'profil': 'prescripteur'}, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comptes.organisation')),
                    ('offre', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='candidatures', to='clauses.offre')),
                ],
                options={
                    'verbose_name': 'candidature',
                    'ordering': ['-envoyee_le'],
                },
            ),
            migrations.CreateModel(
                name='CandidatureEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                    ('etat', models.CharField(choices=[('envoyee', 'Envoyée'), ('rencontre', 'Rencontre'), ('retenue', 'Retenue'), ('refusee', 'Refusée'), ('retiree', 'Retirée'), ('sans_suite', 'Sans suite')], default=clauses.regles.candidatures.EtatCandidature['ENVOYEE'], max_length=10, verbose_name='état')),
                    ('presentation', models.TextField(max_length=600, validators=[beneficiaires.models.champs.sans_nir, django.core.validators.MinLengthValidator(20, 'Écrivez une phrase ou deux.')], verbose_name='présentation')),
                    ('disponible_le', models.DateField(verbose_name='disponible à partir du')),
                    ('consentie_le', models.DateTimeField(verbose_name='accord de la personne')),
                    ('envoyee_le', models.DateTimeField(verbose_name='envoyée le')),
                    ('signe_le', models.DateTimeField(blank=True, null=True, verbose_name='dernier signe de l’entreprise')),
                    ('rencontre_le', models.DateField(blank=True, null=True, verbose_name='rencontre le')),
                    ('decidee_le', models.DateTimeField(blank=True, null=True, verbose_name='décidée le')),
                    ('motif_refus', models.CharField(blank=True, choices=[('experience', 'Son expérience ne correspond pas au poste'), ('disponibilite', 'Ses disponibilités ne vont pas avec les dates'), ('deplacement', 'Le lieu ou les horaires ne lui conviennent pas'), ('absente', 'La rencontre n’a pas pu avoir lieu'), ('non_comptee', 'Ses heures ne compteraient pas sur ce marché'), ('besoin', 'Le besoin a changé'), ('autre', 'Autre raison')], max_length=14, verbose_name='raison du refus')),
                    ('auteur', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('beneficiaire', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='beneficiaires.beneficiaire')),
                    ('decidee_par', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clauses.candidature')),
                    ('prescripteur', models.ForeignKey(db_constraint=False, limit_choices_to={'profil': 'prescripteur'}, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='comptes.organisation')),
                    ('offre', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clauses.offre')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='AlerteOffre',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('commune', models.CharField(blank=True, max_length=120, verbose_name='commune')),
                    ('cle_commune', models.CharField(blank=True, editable=False, max_length=120)),
                    ('code_commune', models.CharField(blank=True, editable=False, max_length=5)),
                    ('latitude', models.FloatField(blank=True, editable=False, null=True)),
                    ('longitude', models.FloatField(blank=True, editable=False, null=True)),
                    ('rayon_km', models.PositiveSmallIntegerField(default=20, verbose_name='à moins de (km)')),
                    ('vues_jusqu_a', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                    ('cree_le', models.DateTimeField(auto_now_add=True)),
                    ('metiers', models.ManyToManyField(blank=True, related_name='+', to='beneficiaires.metierrome', verbose_name='métiers')),
                    ('utilisateur', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alertes_offres', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'alerte d’offres',
                    'ordering': ['cree_le'],
                },
            ),
            migrations.CreateModel(
                name='AlerteOffreEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                    ('commune', models.CharField(blank=True, max_length=120, verbose_name='commune')),
                    ('cle_commune', models.CharField(blank=True, editable=False, max_length=120)),
                    ('code_commune', models.CharField(blank=True, editable=False, max_length=5)),
                    ('latitude', models.FloatField(blank=True, editable=False, null=True)),
                    ('longitude', models.FloatField(blank=True, editable=False, null=True)),
                    ('rayon_km', models.PositiveSmallIntegerField(default=20, verbose_name='à moins de (km)')),
                    ('cree_le', models.DateTimeField(auto_now_add=True)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clauses.alerteoffre')),
                    ('utilisateur', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='EnvoiOffres',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('jour', models.DateField()),
                    ('envoye_le', models.DateTimeField(blank=True, null=True)),
                    ('tentatives', models.PositiveSmallIntegerField(default=0)),
                    ('erreur', models.CharField(blank=True, max_length=60)),
                    ('cree_le', models.DateTimeField(auto_now_add=True)),
                    ('utilisateur', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='envois_offres', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'courriel de nouvelles offres',
                },
            ),
            migrations.CreateModel(
                name='MessageCandidature',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('texte', models.TextField(max_length=1000, validators=[beneficiaires.models.champs.sans_nir, django.core.validators.MinLengthValidator(3)], verbose_name='message')),
                    ('le', models.DateTimeField()),
                    ('auteur', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('candidature', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='clauses.candidature')),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comptes.organisation')),
                ],
                options={
                    'verbose_name': 'message d’une candidature',
                    'ordering': ['le'],
                },
            ),
            migrations.CreateModel(
                name='MessageCandidatureEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                    ('texte', models.TextField(max_length=1000, validators=[beneficiaires.models.champs.sans_nir, django.core.validators.MinLengthValidator(3)], verbose_name='message')),
                    ('le', models.DateTimeField()),
                    ('auteur', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                    ('candidature', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clauses.candidature')),
                    ('organisation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='comptes.organisation')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clauses.messagecandidature')),
                ],
                options={
                    'abstract': False,
                },
            ),
        ]),
        Ensemble([
            migrations.AddConstraint(
                model_name='alerteoffre',
                constraint=models.CheckConstraint(condition=models.Q(('rayon_km__range', (1, 100))), name='alerte_offre_rayon_possible', violation_error_message='La distance va de 1 à 100\xa0km.'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='alerteoffre',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_alerteoffreevent" ("cle_commune", "code_commune", "commune", "cree_le", "id", "latitude", "longitude", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rayon_km", "utilisateur_id") VALUES (NEW."cle_commune", NEW."code_commune", NEW."commune", NEW."cree_le", NEW."id", NEW."latitude", NEW."longitude", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rayon_km", NEW."utilisateur_id"); RETURN NULL;', hash='ee849f62df924ab93b667eb395fb97a037dc839c', operation='INSERT', pgid='pgtrigger_insert_insert_3ce07', table='clauses_alerteoffre', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='alerteoffre',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."cle_commune" IS DISTINCT FROM (NEW."cle_commune") OR OLD."code_commune" IS DISTINCT FROM (NEW."code_commune") OR OLD."commune" IS DISTINCT FROM (NEW."commune") OR OLD."cree_le" IS DISTINCT FROM (NEW."cree_le") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."latitude" IS DISTINCT FROM (NEW."latitude") OR OLD."longitude" IS DISTINCT FROM (NEW."longitude") OR OLD."rayon_km" IS DISTINCT FROM (NEW."rayon_km") OR OLD."utilisateur_id" IS DISTINCT FROM (NEW."utilisateur_id"))', func='INSERT INTO "clauses_alerteoffreevent" ("cle_commune", "code_commune", "commune", "cree_le", "id", "latitude", "longitude", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rayon_km", "utilisateur_id") VALUES (NEW."cle_commune", NEW."code_commune", NEW."commune", NEW."cree_le", NEW."id", NEW."latitude", NEW."longitude", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rayon_km", NEW."utilisateur_id"); RETURN NULL;', hash='54ebdd76b304694529ed3ca9fd360b34a5e67de9', operation='UPDATE', pgid='pgtrigger_update_update_768e5', table='clauses_alerteoffre', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='alerteoffre',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_alerteoffreevent" ("cle_commune", "code_commune", "commune", "cree_le", "id", "latitude", "longitude", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rayon_km", "utilisateur_id") VALUES (OLD."cle_commune", OLD."code_commune", OLD."commune", OLD."cree_le", OLD."id", OLD."latitude", OLD."longitude", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."rayon_km", OLD."utilisateur_id"); RETURN NULL;', hash='aa55dd2387f0d73e8ba9621b0a5ddfba8b4bf9d4', operation='DELETE', pgid='pgtrigger_delete_delete_2e526', table='clauses_alerteoffre', when='AFTER')),
            ),
            migrations.AddConstraint(
                model_name='envoioffres',
                constraint=models.UniqueConstraint(fields=('utilisateur', 'jour'), name='envoi_offres_un_par_jour', violation_error_message='Ce courriel du jour existe déjà.'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='messagecandidature',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_messagecandidatureevent" ("auteur_id", "candidature_id", "id", "le", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "texte") VALUES (NEW."auteur_id", NEW."candidature_id", NEW."id", NEW."le", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."texte"); RETURN NULL;', hash='8ed5c557ae20d92fe300f22f7f1f8f37a362b922', operation='INSERT', pgid='pgtrigger_insert_insert_7c2a1', table='clauses_messagecandidature', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='messagecandidature',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "clauses_messagecandidatureevent" ("auteur_id", "candidature_id", "id", "le", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "texte") VALUES (NEW."auteur_id", NEW."candidature_id", NEW."id", NEW."le", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."texte"); RETURN NULL;', hash='11c2ed64d1069e10b5840006d7028e6a7248f0c4', operation='UPDATE', pgid='pgtrigger_update_update_6e070', table='clauses_messagecandidature', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='messagecandidature',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_messagecandidatureevent" ("auteur_id", "candidature_id", "id", "le", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "texte") VALUES (OLD."auteur_id", OLD."candidature_id", OLD."id", OLD."le", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."texte"); RETURN NULL;', hash='6e58372e703879e5f7b27e99ce663da2b2c845c4', operation='DELETE', pgid='pgtrigger_delete_delete_37322', table='clauses_messagecandidature', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='offre',
                index=models.Index(fields=['etat', '-publiee_le'], name='offre_publiee'),
            ),
            migrations.AddIndex(
                model_name='offre',
                index=models.Index(fields=['latitude', 'longitude'], name='offre_position'),
            ),
            migrations.AddConstraint(
                model_name='offre',
                constraint=models.CheckConstraint(condition=models.Q(('date_fin__isnull', True), ('date_fin__gte', models.F('date_debut')), _connector='OR'), name='offre_dates_ordonnees', violation_error_message='La mission ne peut pas finir avant d’avoir commencé.'),
            ),
            migrations.AddConstraint(
                model_name='offre',
                constraint=models.CheckConstraint(condition=models.Q(('postes__range', (1, 200))), name='offre_postes_possibles', violation_error_message='Une offre a de 1 à 200\xa0postes.'),
            ),
            migrations.AddConstraint(
                model_name='offre',
                constraint=models.CheckConstraint(condition=models.Q(('heures_hebdo__range', (1, 48))), name='offre_heures_possibles', violation_error_message='Une semaine a de 1 à 48\xa0h de travail.'),
            ),
            migrations.AddConstraint(
                model_name='offre',
                constraint=models.CheckConstraint(condition=models.Q(('etat__in', (clauses.regles.offres.EtatOffre['BROUILLON'], clauses.regles.offres.EtatOffre['RETIREE'])), ('publiee_le__isnull', False), _connector='OR'), name='offre_publiee_datee', violation_error_message='Une offre publiée a une date de publication.'),
            ),
            migrations.AddConstraint(
                model_name='offre',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('latitude__isnull', True), ('longitude__isnull', True)), models.Q(('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), _connector='OR'), name='offre_position_possible', violation_error_message='Cette position n’existe pas.'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='offre',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_offreevent" ("cle_commune", "code_commune", "commune", "conditions", "cree_le", "cree_par_id", "date_debut", "date_fin", "engagement_id", "etat", "heures_hebdo", "id", "latitude", "longitude", "metier_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postes", "publiee_le", "type_contrat") VALUES (NEW."cle_commune", NEW."code_commune", NEW."commune", NEW."conditions", NEW."cree_le", NEW."cree_par_id", NEW."date_debut", NEW."date_fin", NEW."engagement_id", NEW."etat", NEW."heures_hebdo", NEW."id", NEW."latitude", NEW."longitude", NEW."metier_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."postes", NEW."publiee_le", NEW."type_contrat"); RETURN NULL;', hash='c85451df7790eb889278b4d2203d9d25bc18567a', operation='INSERT', pgid='pgtrigger_insert_insert_da34c', table='clauses_offre', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='offre',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "clauses_offreevent" ("cle_commune", "code_commune", "commune", "conditions", "cree_le", "cree_par_id", "date_debut", "date_fin", "engagement_id", "etat", "heures_hebdo", "id", "latitude", "longitude", "metier_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postes", "publiee_le", "type_contrat") VALUES (NEW."cle_commune", NEW."code_commune", NEW."commune", NEW."conditions", NEW."cree_le", NEW."cree_par_id", NEW."date_debut", NEW."date_fin", NEW."engagement_id", NEW."etat", NEW."heures_hebdo", NEW."id", NEW."latitude", NEW."longitude", NEW."metier_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."postes", NEW."publiee_le", NEW."type_contrat"); RETURN NULL;', hash='67321962d69af17c7d0eb2bc6245a3f409bf093c', operation='UPDATE', pgid='pgtrigger_update_update_8440a', table='clauses_offre', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='offre',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_offreevent" ("cle_commune", "code_commune", "commune", "conditions", "cree_le", "cree_par_id", "date_debut", "date_fin", "engagement_id", "etat", "heures_hebdo", "id", "latitude", "longitude", "metier_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postes", "publiee_le", "type_contrat") VALUES (OLD."cle_commune", OLD."code_commune", OLD."commune", OLD."conditions", OLD."cree_le", OLD."cree_par_id", OLD."date_debut", OLD."date_fin", OLD."engagement_id", OLD."etat", OLD."heures_hebdo", OLD."id", OLD."latitude", OLD."longitude", OLD."metier_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."postes", OLD."publiee_le", OLD."type_contrat"); RETURN NULL;', hash='0fd5712c686b2774e1d92a63aa04e51c9c6e792b', operation='DELETE', pgid='pgtrigger_delete_delete_54031', table='clauses_offre', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='candidature',
                index=models.Index(fields=['prescripteur', 'etat', '-envoyee_le'], name='candidature_prescripteur'),
            ),
            migrations.AddIndex(
                model_name='candidature',
                index=models.Index(fields=['offre', 'etat'], name='candidature_offre'),
            ),
            migrations.AddConstraint(
                model_name='candidature',
                constraint=models.UniqueConstraint(condition=models.Q(('etat__in', [clauses.regles.candidatures.EtatCandidature['ENVOYEE'], clauses.regles.candidatures.EtatCandidature['RENCONTRE'], clauses.regles.candidatures.EtatCandidature['RETENUE']])), fields=('offre', 'beneficiaire'), name='candidature_vivante_unique', violation_error_message='Cette personne est déjà proposée à cette offre.'),
            ),
            migrations.AddConstraint(
                model_name='candidature',
                constraint=models.CheckConstraint(condition=models.Q(('etat__in', [clauses.regles.candidatures.EtatCandidature['ENVOYEE'], clauses.regles.candidatures.EtatCandidature['RENCONTRE']]), ('decidee_le__isnull', False), _connector='OR'), name='candidature_decidee_datee', violation_error_message='Une candidature décidée porte sa date.'),
            ),
            migrations.AddConstraint(
                model_name='candidature',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('etat', clauses.regles.candidatures.EtatCandidature['REFUSEE']), _negated=True), models.Q(('motif_refus', ''), _negated=True), _connector='OR'), name='candidature_refus_motive', violation_error_message='Un refus donne sa raison.'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='candidature',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_candidatureevent" ("auteur_id", "beneficiaire_id", "consentie_le", "decidee_le", "decidee_par_id", "disponible_le", "envoyee_le", "etat", "id", "motif_refus", "offre_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prescripteur_id", "presentation", "rencontre_le", "signe_le") VALUES (NEW."auteur_id", NEW."beneficiaire_id", NEW."consentie_le", NEW."decidee_le", NEW."decidee_par_id", NEW."disponible_le", NEW."envoyee_le", NEW."etat", NEW."id", NEW."motif_refus", NEW."offre_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."prescripteur_id", NEW."presentation", NEW."rencontre_le", NEW."signe_le"); RETURN NULL;', hash='d9611444d2be216c6692397c38d7b7691ea57067', operation='INSERT', pgid='pgtrigger_insert_insert_ae6ba', table='clauses_candidature', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='candidature',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "clauses_candidatureevent" ("auteur_id", "beneficiaire_id", "consentie_le", "decidee_le", "decidee_par_id", "disponible_le", "envoyee_le", "etat", "id", "motif_refus", "offre_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prescripteur_id", "presentation", "rencontre_le", "signe_le") VALUES (NEW."auteur_id", NEW."beneficiaire_id", NEW."consentie_le", NEW."decidee_le", NEW."decidee_par_id", NEW."disponible_le", NEW."envoyee_le", NEW."etat", NEW."id", NEW."motif_refus", NEW."offre_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."prescripteur_id", NEW."presentation", NEW."rencontre_le", NEW."signe_le"); RETURN NULL;', hash='256d801ee4cad1be7bbd02141795a9a526e1974c', operation='UPDATE', pgid='pgtrigger_update_update_b0001', table='clauses_candidature', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='candidature',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "clauses_candidatureevent" ("auteur_id", "beneficiaire_id", "consentie_le", "decidee_le", "decidee_par_id", "disponible_le", "envoyee_le", "etat", "id", "motif_refus", "offre_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prescripteur_id", "presentation", "rencontre_le", "signe_le") VALUES (OLD."auteur_id", OLD."beneficiaire_id", OLD."consentie_le", OLD."decidee_le", OLD."decidee_par_id", OLD."disponible_le", OLD."envoyee_le", OLD."etat", OLD."id", OLD."motif_refus", OLD."offre_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."prescripteur_id", OLD."presentation", OLD."rencontre_le", OLD."signe_le"); RETURN NULL;', hash='cef2ed963bcf413e4d5d37b9b426fe2ace06202f', operation='DELETE', pgid='pgtrigger_delete_delete_4f3eb', table='clauses_candidature', when='AFTER')),
            ),
        ]),
    ]
