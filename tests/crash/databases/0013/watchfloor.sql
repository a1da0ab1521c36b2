BEGIN TRANSACTION;
CREATE TABLE alarms (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	words VARCHAR NOT NULL, 
	raised_at DATETIME NOT NULL, 
	cleared_at DATETIME, 
	PRIMARY KEY (id)
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0013');
CREATE TABLE deliveries (
	id INTEGER NOT NULL, 
	promise_id INTEGER NOT NULL, 
	channel VARCHAR NOT NULL, 
	channel_id VARCHAR, 
	ts VARCHAR, 
	attempted_at DATETIME, 
	trouble VARCHAR, hindrance VARCHAR, 
	PRIMARY KEY (id), 
	FOREIGN KEY(promise_id) REFERENCES promises (id), 
	UNIQUE (promise_id, channel)
);
INSERT INTO "deliveries" VALUES(1,9,'incident','C055BE0AAF7','1795703767.228721','2026-11-26 14:36:07.028873',NULL,NULL);
INSERT INTO "deliveries" VALUES(2,9,'digest','C0INCIDENTS','1795703767.264222','2026-11-26 14:36:07.028873',NULL,NULL);
INSERT INTO "deliveries" VALUES(3,10,'#executives','C0EXECUTIVES','1795703767.298153','2026-11-26 14:36:07.047708',NULL,NULL);
INSERT INTO "deliveries" VALUES(4,11,'#engineering','C0ENGINEERING','1795703767.388899','2026-11-26 14:36:07.070028',NULL,NULL);
INSERT INTO "deliveries" VALUES(5,12,'#partners','C0PARTNERS','1795703767.483758','2026-11-26 14:36:07.081140',NULL,NULL);
INSERT INTO "deliveries" VALUES(6,13,'#front-line','C0FRONTLINE','1795703767.616239','2026-11-26 14:36:07.099032',NULL,NULL);
INSERT INTO "deliveries" VALUES(7,5,'#front-line',NULL,NULL,'2026-11-26 14:52:08.233634',NULL,'chat.postMessage: no answer (RemoteDisconnected)');
INSERT INTO "deliveries" VALUES(8,4,'#partners',NULL,NULL,'2026-11-26 14:52:08.268095',NULL,'chat.postMessage: no answer (RemoteDisconnected)');
CREATE TABLE displays (
	id INTEGER NOT NULL, 
	incident_id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	wanted INTEGER NOT NULL, 
	shown INTEGER NOT NULL, 
	channel_id VARCHAR, 
	ts VARCHAR, 
	attempted_at DATETIME, 
	retry_at DATETIME NOT NULL, 
	held_by VARCHAR, 
	failures INTEGER NOT NULL, 
	losses INTEGER NOT NULL, 
	drawn VARCHAR NOT NULL, 
	trouble VARCHAR, 
	PRIMARY KEY (id), 
	FOREIGN KEY(incident_id) REFERENCES incidents (id), 
	UNIQUE (incident_id, kind, subject)
);
INSERT INTO "displays" VALUES(1,1,'card','',5,5,'CA12591FCB3','1795703764.720072','2026-11-26 14:36:04.627497','2026-11-26 14:52:09.203101',NULL,0,0,'6bfb8739589e27fb38fd81aa9ff94dd056af20ac663cb6b15017080a33132b1b',NULL);
INSERT INTO "displays" VALUES(2,1,'topic','',4,4,'CA12591FCB3',NULL,'2026-11-26 14:36:04.627497','2026-11-26 14:36:06.542179',NULL,0,0,'S1 · IVR down in Manila for Northline',NULL);
INSERT INTO "displays" VALUES(3,1,'pin','',1,1,'CA12591FCB3',NULL,'2026-11-26 14:36:04.627497','2026-11-26 14:36:04.789359',NULL,0,0,'',NULL);
INSERT INTO "displays" VALUES(4,1,'digest','',4,4,'C0INCIDENTS','1795703764.783939','2026-11-26 14:36:04.627497','2026-11-26 14:36:06.546805',NULL,0,0,'5229f451261c2dcb7a31efbff8b14a538c53d02c2f38466e977a5db7e48aba0d',NULL);
INSERT INTO "displays" VALUES(5,1,'run','1',5,5,'CA12591FCB3','1795703764.781742','2026-11-26 14:36:04.627497','2026-11-26 14:52:09.204514',NULL,0,0,'1afe34f1819180155005d1221d841b46ff0d0283c7784e7591c7dbd577b0c4ee',NULL);
INSERT INTO "displays" VALUES(6,2,'card','',9,9,'C055BE0AAF7','1795703765.316649','2026-11-26 14:36:05.278371','2026-11-26 14:52:10.088282',NULL,0,0,'84879236d2f914ac97bf37c60a5a21441b5c223d2e1239518c2df55ef6104835',NULL);
INSERT INTO "displays" VALUES(7,2,'topic','',4,4,'C055BE0AAF7',NULL,'2026-11-26 14:36:05.278371','2026-11-26 14:52:10.074184',NULL,0,0,'🔒 closed · S2 · Portal slow',NULL);
INSERT INTO "displays" VALUES(8,2,'pin','',1,1,'C055BE0AAF7',NULL,'2026-11-26 14:36:05.278371','2026-11-26 14:36:05.402639',NULL,0,0,'',NULL);
INSERT INTO "displays" VALUES(9,2,'digest','',9,9,'C0INCIDENTS','1795703765.395849','2026-11-26 14:36:05.278371','2026-11-26 14:52:10.107335',NULL,0,0,'e1c0e3f01bceb97e2e2f522736d15b7dcc8e54dce13be2908782f77f4dbb3965',NULL);
INSERT INTO "displays" VALUES(10,2,'run','2',4,4,'C055BE0AAF7','1795703765.384474','2026-11-26 14:36:05.278371','2026-11-26 14:52:10.106665',NULL,0,0,'62dc6826a8dec037c0760e1042c89173146d75c0d2dc3a5ea98d88ebc894be31',NULL);
INSERT INTO "displays" VALUES(11,3,'card','',1,1,'C47B9FFE8E8','1795703765.761344','2026-11-26 14:36:05.749922','2026-11-26 14:36:05.774534',NULL,0,0,'e48032dde44f83e8721e8f32b6efc69557bda1b1dfa3c055269d3268ddb112cb',NULL);
INSERT INTO "displays" VALUES(12,3,'topic','',1,1,'C47B9FFE8E8',NULL,'2026-11-26 14:36:05.749922','2026-11-26 14:36:05.812585',NULL,0,0,'S3 · Printer jammed',NULL);
INSERT INTO "displays" VALUES(13,3,'pin','',1,1,'C47B9FFE8E8',NULL,'2026-11-26 14:36:05.749922','2026-11-26 14:36:05.806678',NULL,0,0,'',NULL);
INSERT INTO "displays" VALUES(14,3,'digest','',1,1,'C0INCIDENTS','1795703765.800468','2026-11-26 14:36:05.749922','2026-11-26 14:36:05.816132',NULL,0,0,'3433e85f4fad2783f385dc88b2f96c02f0cfdc823edd448a069cdf9957012529',NULL);
INSERT INTO "displays" VALUES(15,3,'run','3',1,1,'C47B9FFE8E8','1795703765.802067','2026-11-26 14:36:05.749922','2026-11-26 14:36:05.816873',NULL,0,0,'cfa916eced00cd8c73998e1b452229c040d8b4ef743a6015cbf23343e35b7c88',NULL);
INSERT INTO "displays" VALUES(16,2,'postmortem','1',1,0,NULL,NULL,'2026-11-26 14:52:09.869366','2026-11-26 14:52:20.915894',NULL,0,0,'',NULL);
INSERT INTO "displays" VALUES(17,1,'page','1',2,0,NULL,NULL,'2026-11-26 14:52:10.646926','2026-11-26 14:52:15.876153',NULL,0,0,'',NULL);
INSERT INTO "displays" VALUES(18,1,'ladder','',1,0,NULL,NULL,'2026-11-26 14:52:10.646926','2026-11-26 14:52:15.895942',NULL,0,0,'',NULL);
CREATE TABLE drafts (
	id INTEGER NOT NULL, 
	incident_id INTEGER NOT NULL, 
	shown_at DATETIME NOT NULL, 
	user_ids JSON NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(incident_id) REFERENCES incidents (id)
);
CREATE TABLE follow_up_digests (
	week VARCHAR NOT NULL, 
	due_at DATETIME NOT NULL, 
	is_posted BOOLEAN NOT NULL, 
	PRIMARY KEY (week)
);
INSERT INTO "follow_up_digests" VALUES('2026-11-23','2026-11-23 09:00:00.000000',0);
CREATE TABLE follow_ups (
	id INTEGER NOT NULL, 
	incident_id INTEGER NOT NULL, 
	source_key VARCHAR NOT NULL, 
	words VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	link VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	owner_id VARCHAR, 
	asked_id VARCHAR, 
	due_on DATE NOT NULL, 
	zone VARCHAR NOT NULL, 
	due_at DATETIME NOT NULL, 
	remind_at DATETIME, 
	told INTEGER NOT NULL, 
	moved INTEGER NOT NULL, 
	added_by VARCHAR NOT NULL, 
	added_at DATETIME NOT NULL, 
	finished_by VARCHAR, 
	finished_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(incident_id) REFERENCES incidents (id), 
	UNIQUE (source_key)
);
CREATE TABLE groups (
	handle VARCHAR NOT NULL, 
	id VARCHAR NOT NULL, 
	members JSON NOT NULL, 
	PRIMARY KEY (handle)
);
INSERT INTO "groups" VALUES('executives','S0EXECUTIVES','["U0ERIK"]');
INSERT INTO "groups" VALUES('telephony-oncall','S0TELEPHONY','["U0CHLOE"]');
INSERT INTO "groups" VALUES('incident-analysts','S0ANALYSTS','["U0ANA", "U0DEVI"]');
CREATE TABLE "incidents" (
	id INTEGER NOT NULL, 
	declared_key VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	description VARCHAR NOT NULL, 
	impact VARCHAR NOT NULL, 
	severity VARCHAR NOT NULL, 
	type VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	sites JSON NOT NULL, 
	partners JSON NOT NULL, 
	front_door VARCHAR NOT NULL, 
	is_private BOOLEAN NOT NULL, 
	is_drill BOOLEAN NOT NULL, 
	declared_by VARCHAR NOT NULL, 
	declared_at DATETIME NOT NULL, 
	mitigated_at DATETIME, 
	resolved_at DATETIME, 
	closed_at DATETIME, 
	channel_id VARCHAR, 
	channel_name VARCHAR, 
	told_at DATETIME, 
	purged_at DATETIME, 
	is_held BOOLEAN DEFAULT 0 NOT NULL, audiences JSON DEFAULT '[]' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (channel_id), 
	UNIQUE (declared_key)
);
INSERT INTO "incidents" VALUES(1,'declare:1795703764095.429119507345.bf711d1e86ad7bbc453ca636a09ac706','IVR down in Manila for Northline','','half the calls are dropped','S1','telephony','investigating','["Manila"]','["Northline", "Sagebrush"]','',0,0,'U0ANA','2026-11-26 14:36:04.133990',NULL,NULL,NULL,'CA12591FCB3','inc-1-ivr-down-in-manila-for-northline','2026-11-26 14:36:04.826545',NULL,0,'[]');
INSERT INTO "incidents" VALUES(2,'declare:1795703764968.839960269825.5e4618d249ff5698412ba47f790f9d82','Portal slow','','','S2','other','closed','[]','[]','',0,0,'U0ANA','2026-11-26 14:36:04.974900',NULL,'2026-11-26 14:36:06.948988','2026-11-26 14:52:09.567235','C055BE0AAF7','inc-2-portal-slow','2026-11-26 14:36:05.421209',NULL,0,'[]');
INSERT INTO "incidents" VALUES(3,'declare:1795703765611.812983716731.a81235e3c925890c7597cdf04d8a372b','Printer jammed','','','S3','other','investigating','[]','[]','',0,0,'U0ANA','2026-11-26 14:36:05.613073',NULL,NULL,NULL,'C47B9FFE8E8','inc-3-printer-jammed','2026-11-26 14:36:05.856211',NULL,0,'[]');
CREATE TABLE known_channels (
	name VARCHAR NOT NULL, 
	id VARCHAR NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "known_channels" VALUES('engineering','C0ENGINEERING');
INSERT INTO "known_channels" VALUES('executives','C0EXECUTIVES');
INSERT INTO "known_channels" VALUES('front-line','C0FRONTLINE');
INSERT INTO "known_channels" VALUES('partner-northline','C0PARTNERNORTHLINE');
INSERT INTO "known_channels" VALUES('partner-sagebrush','C0PARTNERSAGEBRUSH');
INSERT INTO "known_channels" VALUES('partners','C0PARTNERS');
INSERT INTO "known_channels" VALUES('incidents','C0INCIDENTS');
CREATE TABLE ladder_rungs (
	incident_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	after_s INTEGER NOT NULL, 
	tell JSON NOT NULL, 
	stops_on VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	due_at DATETIME, 
	PRIMARY KEY (incident_id, position), 
	FOREIGN KEY(incident_id) REFERENCES incidents (id)
);
INSERT INTO "ladder_rungs" VALUES(1,0,300,'["@incident-analysts"]','commander named','waiting',NULL);
INSERT INTO "ladder_rungs" VALUES(1,1,600,'["@telephony-oncall"]','commander named','waiting',NULL);
INSERT INTO "ladder_rungs" VALUES(1,2,1200,'["@executives"]','commander named','waiting',NULL);
INSERT INTO "ladder_rungs" VALUES(1,3,1500,'[]','commander named','waiting',NULL);
INSERT INTO "ladder_rungs" VALUES(2,0,900,'["@incident-analysts"]','commander named','ended',NULL);
INSERT INTO "ladder_rungs" VALUES(2,1,1800,'["@telephony-oncall"]','commander named','ended',NULL);
INSERT INTO "ladder_rungs" VALUES(2,2,2100,'[]','commander named','ended',NULL);
CREATE TABLE listening (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "listening" VALUES(1,'2026-11-26 14:52:08.217043');
CREATE TABLE notices (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	incident_id INTEGER, 
	channel_id VARCHAR NOT NULL, 
	thread_ts VARCHAR, 
	words VARCHAR NOT NULL, 
	blocks JSON NOT NULL, 
	is_settled BOOLEAN NOT NULL, 
	attempted_at DATETIME, 
	retry_at DATETIME NOT NULL, 
	held_by VARCHAR, 
	failures INTEGER NOT NULL, 
	trouble VARCHAR, 
	ts VARCHAR, amended_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(incident_id) REFERENCES incidents (id), 
	UNIQUE ("key")
);
INSERT INTO "notices" VALUES(1,'role:1:commander:U0ANA:2026-11-26T14:36:05.986126+00:00',1,'D094F736C6A',NULL,'You are *commander* of incident 1 in <#CA12591FCB3>. You decide, others do. Name a communications lead, keep the playbook moving, set status and severity as they change, and hand over aloud before you leave.','[]',1,'2026-11-26 14:36:06.058434','2026-11-26 14:39:06.058434','local',0,NULL,'1795703766.080565',NULL);
INSERT INTO "notices" VALUES(2,'role:2:commander:U0ANA:2026-11-26T14:36:06.730324+00:00',2,'D094F736C6A',NULL,'You are *commander* of incident 2 in <#C055BE0AAF7>. You decide, others do. Name a communications lead, keep the playbook moving, set status and severity as they change, and hand over aloud before you leave.','[]',1,'2026-11-26 14:36:06.758742','2026-11-26 14:39:06.758742','local',0,NULL,'1795703766.772608',NULL);
INSERT INTO "notices" VALUES(3,'late:update:1:customers:1:2026-11-26T14:46:04.133990+00:00:U0ANA',1,'U0ANA',NULL,'⏰ An update of incident 1 did not go out in time (<#CA12591FCB3>):
• *Front line*, due <!date^1795704364^{time}|14:46 UTC>: Watchfloor was not running at that minute.','[]',0,'2026-11-26 14:52:09.086606','2026-11-26 14:52:19.124105',NULL,1,'chat.postMessage: no answer (RemoteDisconnected)',NULL,NULL);
INSERT INTO "notices" VALUES(4,'remind:1:0:0',1,'CA12591FCB3','1795703764.781742','<@U0ANA>: these are due and open. ⏰ 2 steps wait: Call the carrier, Tell the floor','[{"type": "context", "elements": [{"type": "mrkdwn", "text": "<@U0ANA>: these are due and open."}]}, {"type": "section", "text": {"type": "mrkdwn", "text": "\u23f0 *Call the carrier* \u00b7 Commander \u00b7 \ud83d\udd34 *6 min late*\n_It is yours._"}, "block_id": "remind-1"}, {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Done", "emoji": true}, "action_id": "step.done", "value": "1", "style": "primary"}, {"type": "button", "text": {"type": "plain_text", "text": "Assign", "emoji": true}, "action_id": "step.assign", "value": "1"}, {"type": "button", "text": {"type": "plain_text", "text": "Snooze 10 min", "emoji": true}, "action_id": "step.snooze.10", "value": "1"}, {"type": "button", "text": {"type": "plain_text", "text": "30 min", "emoji": true}, "action_id": "step.snooze.30", "value": "1"}], "block_id": "act-1"}, {"type": "section", "text": {"type": "mrkdwn", "text": "\u23f0 *Tell the floor* \u00b7 Commander \u00b7 \ud83d\udd34 *6 min late*\n_It is yours._"}, "block_id": "remind-2"}, {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Done", "emoji": true}, "action_id": "step.done", "value": "2", "style": "primary"}, {"type": "button", "text": {"type": "plain_text", "text": "Assign", "emoji": true}, "action_id": "step.assign", "value": "2"}, {"type": "button", "text": {"type": "plain_text", "text": "Snooze 10 min", "emoji": true}, "action_id": "step.snooze.10", "value": "2"}, {"type": "button", "text": {"type": "plain_text", "text": "30 min", "emoji": true}, "action_id": "step.snooze.30", "value": "2"}], "block_id": "act-2"}]',0,'2026-11-26 14:52:09.112650','2026-11-26 14:52:19.144788',NULL,1,'chat.postMessage: no answer (RemoteDisconnected)',NULL,NULL);
CREATE TABLE pages (
	id INTEGER NOT NULL, 
	incident_id INTEGER NOT NULL, 
	occasion VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	tier INTEGER, 
	asked_by VARCHAR, 
	reason VARCHAR NOT NULL, 
	told_at DATETIME NOT NULL, 
	answer VARCHAR NOT NULL, 
	answered_at DATETIME, 
	answer_by DATETIME, 
	obstacle VARCHAR NOT NULL, 
	pager VARCHAR, 
	PRIMARY KEY (id), 
	UNIQUE (incident_id, occasion, user_id), 
	FOREIGN KEY(incident_id) REFERENCES incidents (id)
);
INSERT INTO "pages" VALUES(1,1,'hand:1795703770024.863198029528.60a5348d8eba12daad6d03c59694f0e1','U0DEVI',NULL,'U0ANA','please come','2026-11-26 14:52:10.304475','',NULL,'2026-11-26 14:57:10.300970','',NULL);
CREATE TABLE participants (
	incident_id INTEGER NOT NULL, 
	user_id VARCHAR NOT NULL, 
	joined_at DATETIME NOT NULL, 
	PRIMARY KEY (incident_id, user_id), 
	FOREIGN KEY(incident_id) REFERENCES incidents (id)
);
INSERT INTO "participants" VALUES(1,'U0ANA','2026-11-26 14:36:04.133990');
INSERT INTO "participants" VALUES(1,'U0DEVI','2026-11-26 14:36:04.651449');
INSERT INTO "participants" VALUES(2,'U0ANA','2026-11-26 14:36:04.974900');
INSERT INTO "participants" VALUES(3,'U0ANA','2026-11-26 14:36:05.613073');
CREATE TABLE partner_notices (
	id INTEGER NOT NULL, 
	incident_id INTEGER NOT NULL, 
	partner VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	act VARCHAR NOT NULL, 
	due_at DATETIME, 
	attempted_at DATETIME, 
	told_at DATETIME, 
	told_severity VARCHAR NOT NULL, 
	told_by VARCHAR, 
	channel_id VARCHAR, 
	reminded_at DATETIME, 
	named_at DATETIME, 
	cleared_at DATETIME, 
	answer VARCHAR NOT NULL, 
	answered_at DATETIME, 
	answered_by VARCHAR, 
	agents INTEGER, 
	asked JSON NOT NULL, 
	trouble VARCHAR, 
	PRIMARY KEY (id), 
	FOREIGN KEY(incident_id) REFERENCES incidents (id), 
	UNIQUE (incident_id, partner)
);
INSERT INTO "partner_notices" VALUES(1,1,'Northline','waiting','tell','2026-11-26 14:49:04.133990','2026-11-26 14:52:08.280418',NULL,'',NULL,NULL,NULL,NULL,NULL,'',NULL,NULL,NULL,'[]',NULL);
INSERT INTO "partner_notices" VALUES(2,1,'Sagebrush','waiting','tell','2026-11-26 14:49:04.133990','2026-11-26 14:52:08.308131',NULL,'',NULL,NULL,NULL,NULL,NULL,'',NULL,NULL,NULL,'[]',NULL);
CREATE TABLE people (
	id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	timezone VARCHAR NOT NULL, 
	is_guest BOOLEAN NOT NULL, 
	is_stranger BOOLEAN NOT NULL, 
	is_bot BOOLEAN NOT NULL, 
	heard_at DATETIME NOT NULL, handle VARCHAR DEFAULT '' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "people" VALUES('U0ANA','Ana Reyes','Asia/Manila',0,0,0,'2026-11-26 14:36:03.963827','ana');
INSERT INTO "people" VALUES('U0BEN','Ben Okafor','Europe/London',0,0,0,'2026-11-26 14:36:03.963827','ben');
INSERT INTO "people" VALUES('U0CHLOE','Chloe Martin','Europe/Paris',0,0,0,'2026-11-26 14:36:03.963827','chloe');
INSERT INTO "people" VALUES('U0DEVI','Devi Nair','Asia/Kolkata',0,0,0,'2026-11-26 14:36:03.963827','devi');
INSERT INTO "people" VALUES('U0ERIK','Erik Lund','America/New_York',0,0,0,'2026-11-26 14:36:03.963827','erik');
INSERT INTO "people" VALUES('U0FARAH','Farah Haddad','Asia/Manila',0,0,0,'2026-11-26 14:36:03.963827','farah');
INSERT INTO "people" VALUES('U0HANA','Hana Sato (佐藤 花)','Asia/Tokyo',0,0,0,'2026-11-26 14:36:03.963827','hana');
INSERT INTO "people" VALUES('U0GUS','Gus Guest','Europe/Berlin',1,0,0,'2026-11-26 14:36:03.963827','gus');
INSERT INTO "people" VALUES('U0ULLA','Ulla Ultra','Europe/Berlin',1,0,0,'2026-11-26 14:36:03.963827','ulla');
INSERT INTO "people" VALUES('U0OLGA','Olga Orlova','Europe/Riga',0,1,0,'2026-11-26 14:36:03.963827','olga');
INSERT INTO "people" VALUES('U0WATCHFLOOR','watchfloor','UTC',0,0,1,'2026-11-26 14:36:03.963827','watchfloor');
CREATE TABLE playbook_runs (
	id INTEGER NOT NULL, 
	incident_id INTEGER NOT NULL, 
	playbook VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	version VARCHAR NOT NULL, 
	copy TEXT NOT NULL, 
	facts JSON NOT NULL, 
	started_at DATETIME NOT NULL, 
	started_by VARCHAR NOT NULL, 
	stopped_at DATETIME, 
	stopped_by VARCHAR, 
	message_ts VARCHAR, 
	PRIMARY KEY (id), 
	FOREIGN KEY(incident_id) REFERENCES incidents (id)
);
INSERT INTO "playbook_runs" VALUES(1,1,'phones','Phones down','365b87a5db16','{"title":"Phones down","summary":"Nothing here stands in the way of a resolution; two steps can be late.","applies":{"types":["telephony"]},"phases":[{"id":"work-on-it","title":"Work on it","steps":[{"id":"call","title":"Call the carrier","due":{"within":"10 min"}},{"id":"tell","title":"Tell the floor","due":{"within":"10 min"}}]}]}','{"severity": "S1", "type": "telephony", "sites": ["Manila"], "partners": ["Northline"], "started_at": "2026-11-26T14:36:04.133990+00:00"}','2026-11-26 14:36:04.133990','U0ANA',NULL,NULL,NULL);
INSERT INTO "playbook_runs" VALUES(2,2,'generic','Any incident','ebd3b8de322d','{"title":"Any incident","summary":"Nothing here stands in the way of a resolution.","phases":[{"id":"work-on-it","title":"Work on it","steps":[{"id":"look","title":"Look at it"},{"id":"mend","title":"Mend it"}]}]}','{"severity": "S2", "type": "other", "sites": [], "partners": [], "started_at": "2026-11-26T14:36:04.974900+00:00"}','2026-11-26 14:36:04.974900','U0ANA','2026-11-26 14:52:09.567235','U0ANA',NULL);
INSERT INTO "playbook_runs" VALUES(3,3,'generic','Any incident','ebd3b8de322d','{"title":"Any incident","summary":"Nothing here stands in the way of a resolution.","phases":[{"id":"work-on-it","title":"Work on it","steps":[{"id":"look","title":"Look at it"},{"id":"mend","title":"Mend it"}]}]}','{"severity": "S3", "type": "other", "sites": [], "partners": [], "started_at": "2026-11-26T14:36:05.613073+00:00"}','2026-11-26 14:36:05.613073','U0ANA',NULL,NULL,NULL);
CREATE TABLE playbook_steps (
	id INTEGER NOT NULL, 
	run_id INTEGER NOT NULL, 
	incident_id INTEGER NOT NULL, 
	step_key VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	phase VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	wanted_at DATETIME, 
	owner_id VARCHAR, 
	owner_role VARCHAR NOT NULL, 
	required_before VARCHAR NOT NULL, 
	asks BOOLEAN NOT NULL, 
	due_at DATETIME, 
	remind_at DATETIME, 
	reminders_sent INTEGER NOT NULL, 
	snoozed_by VARCHAR, 
	repeat_at DATETIME, 
	rounds INTEGER NOT NULL, 
	changed_at DATETIME, 
	changed_by VARCHAR, 
	finished_at DATETIME, 
	finished_by VARCHAR, 
	reason VARCHAR, 
	answers JSON NOT NULL, 
	out_of_order BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(incident_id) REFERENCES incidents (id), 
	FOREIGN KEY(run_id) REFERENCES playbook_runs (id), 
	UNIQUE (run_id, step_key)
);
INSERT INTO "playbook_steps" VALUES(1,1,1,'call',1,'Work on it','Call the carrier','open','2026-11-26 14:36:04.133990',NULL,'commander','',0,'2026-11-26 14:46:04.133990','2026-11-26 14:57:08.217043',1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,'{}',0);
INSERT INTO "playbook_steps" VALUES(2,1,1,'tell',2,'Work on it','Tell the floor','open','2026-11-26 14:36:04.133990',NULL,'commander','',0,'2026-11-26 14:46:04.133990','2026-11-26 14:57:08.217043',1,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,'{}',0);
INSERT INTO "playbook_steps" VALUES(3,2,2,'look',1,'Work on it','Look at it','open','2026-11-26 14:36:04.974900',NULL,'commander','',0,NULL,NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,'{}',0);
INSERT INTO "playbook_steps" VALUES(4,2,2,'mend',2,'Work on it','Mend it','open','2026-11-26 14:36:04.974900',NULL,'commander','',0,NULL,NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,'{}',0);
INSERT INTO "playbook_steps" VALUES(5,3,3,'look',1,'Work on it','Look at it','open','2026-11-26 14:36:05.613073',NULL,'commander','',0,NULL,NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,'{}',0);
INSERT INTO "playbook_steps" VALUES(6,3,3,'mend',2,'Work on it','Mend it','open','2026-11-26 14:36:05.613073',NULL,'commander','',0,NULL,NULL,0,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,'{}',0);
CREATE TABLE postmortem_copies (
	id INTEGER NOT NULL, 
	postmortem_id INTEGER NOT NULL, 
	incident_id INTEGER NOT NULL, 
	place VARCHAR NOT NULL, 
	is_published BOOLEAN NOT NULL, 
	is_reviewer BOOLEAN NOT NULL, 
	verdict VARCHAR NOT NULL, 
	comment VARCHAR NOT NULL, 
	wanted_version INTEGER NOT NULL, 
	shared_version INTEGER NOT NULL, 
	attempted_version INTEGER NOT NULL, 
	delivered_at DATETIME, 
	trouble VARCHAR, 
	PRIMARY KEY (id), 
	UNIQUE (postmortem_id, place), 
	FOREIGN KEY(postmortem_id) REFERENCES postmortems (id), 
	FOREIGN KEY(incident_id) REFERENCES incidents (id)
);
INSERT INTO "postmortem_copies" VALUES(1,1,2,'U0ANA',0,0,'','',1,0,0,NULL,NULL);
CREATE TABLE postmortem_files (
	id INTEGER NOT NULL, 
	copy_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	file_id VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(copy_id) REFERENCES postmortem_copies (id)
);
CREATE TABLE postmortem_versions (
	id INTEGER NOT NULL, 
	postmortem_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	uploaded_by VARCHAR, 
	at DATETIME NOT NULL, 
	uploaded_file_id VARCHAR, 
	uploaded_name VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (postmortem_id, number), 
	FOREIGN KEY(postmortem_id) REFERENCES postmortems (id), 
	UNIQUE (uploaded_file_id)
);
INSERT INTO "postmortem_versions" VALUES(1,1,1,NULL,'2026-11-26 14:52:09.567235',NULL,'');
CREATE TABLE "postmortems" (
	id INTEGER NOT NULL, 
	asked_key VARCHAR, 
	state VARCHAR DEFAULT 'draft' NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	author_id VARCHAR, 
	due_at DATETIME, 
	remind_at DATETIME, 
	reminders INTEGER DEFAULT '0' NOT NULL, 
	published_at DATETIME, 
	published_by VARCHAR, 
	canvas_id VARCHAR, 
	canvas_at DATETIME, 
	incident_id INTEGER NOT NULL, 
	requested_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT uq_postmortems_asked_key UNIQUE (asked_key), 
	FOREIGN KEY(incident_id) REFERENCES incidents (id)
);
INSERT INTO "postmortems" VALUES(1,NULL,'draft',1,NULL,'2026-12-03 14:52:09.567235','2026-12-01 14:52:09.567235',0,NULL,NULL,NULL,NULL,2,'2026-11-26 14:52:09.567235');
CREATE TABLE "promises" (
	id INTEGER NOT NULL, 
	incident_id INTEGER NOT NULL, 
	audience VARCHAR NOT NULL, 
	number INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	cadence_s INTEGER, 
	promised_at DATETIME NOT NULL, 
	due_at DATETIME NOT NULL, 
	sent_at DATETIME, 
	next_due_at DATETIME, 
	missed INTEGER NOT NULL, 
	occasion VARCHAR NOT NULL, 
	requested_by VARCHAR, 
	words VARCHAR NOT NULL, 
	composed_at DATETIME, 
	paced_by VARCHAR, 
	chosen_by VARCHAR, 
	approved_by VARCHAR, 
	choice VARCHAR DEFAULT '' NOT NULL, 
	moved_why VARCHAR DEFAULT '' NOT NULL, 
	late_because VARCHAR DEFAULT '' NOT NULL, 
	draft_at DATETIME, 
	moved_from DATETIME, 
	begun_at DATETIME, 
	escalate_at DATETIME, 
	needs_approval BOOLEAN DEFAULT 0 NOT NULL, 
	draft_id INTEGER, 
	PRIMARY KEY (id), 
	CONSTRAINT fk_promises_draft FOREIGN KEY(draft_id) REFERENCES drafts (id), 
	UNIQUE (incident_id, audience, number), 
	FOREIGN KEY(incident_id) REFERENCES incidents (id)
);
INSERT INTO "promises" VALUES(1,1,'operations',1,'waiting',1800,'2026-11-26 14:36:04.133990','2026-11-26 15:06:04.133990',NULL,NULL,0,'clock',NULL,'',NULL,NULL,NULL,NULL,'','','','2026-11-26 15:01:04.133990',NULL,NULL,'2026-11-26 15:08:04.133990',0,NULL);
INSERT INTO "promises" VALUES(2,1,'executives',1,'waiting',3600,'2026-11-26 14:36:04.133990','2026-11-26 15:36:04.133990',NULL,NULL,0,'clock',NULL,'',NULL,NULL,NULL,NULL,'','','','2026-11-26 15:31:04.133990',NULL,NULL,'2026-11-26 15:38:04.133990',0,NULL);
INSERT INTO "promises" VALUES(3,1,'engineering',1,'waiting',3600,'2026-11-26 14:36:04.133990','2026-11-26 15:36:04.133990',NULL,NULL,0,'clock',NULL,'',NULL,NULL,NULL,NULL,'','','','2026-11-26 15:31:04.133990',NULL,NULL,'2026-11-26 15:38:04.133990',0,NULL);
INSERT INTO "promises" VALUES(4,1,'partners',1,'sending',1800,'2026-11-26 14:36:04.133990','2026-11-26 14:51:04.133990',NULL,'2026-11-26 15:21:04.133990',0,'clock',NULL,'🟠 *IVR down in Manila for a partner* – investigating

*What is affected* half the calls are dropped
We are looking for the cause.

*Next update <!date^1795706464^{time}|15:21 UTC>.*','2026-11-26 14:52:08.268095',NULL,NULL,NULL,'','','','2026-11-26 14:46:04.133990',NULL,'2026-11-26 14:52:08.268095','2026-11-26 14:53:04.133990',0,NULL);
INSERT INTO "promises" VALUES(5,1,'customers',1,'sending',1200,'2026-11-26 14:36:04.133990','2026-11-26 14:46:04.133990',NULL,'2026-11-26 15:06:04.133990',1,'clock',NULL,'*What to tell customers* · Telephony or IVR · Manila
> I am sorry for the trouble. We know about a problem and are working on it. I cannot tell you a time yet, but it has our full attention.

*What is affected* half the calls are dropped

_Please do not name a cause, a person or a time when it will be over._
_One update before this one was missed. Sorry for the silence._

*Next update <!date^1795705564^{time}|15:06 UTC>.*','2026-11-26 14:52:08.233634',NULL,NULL,NULL,'','','Watchfloor was not running at that minute','2026-11-26 14:41:04.133990',NULL,'2026-11-26 14:52:08.233634',NULL,0,NULL);
INSERT INTO "promises" VALUES(6,2,'operations',1,'dropped',3600,'2026-11-26 14:36:04.974900','2026-11-26 15:36:04.974900',NULL,NULL,0,'clock',NULL,'',NULL,NULL,NULL,NULL,'','','','2026-11-26 15:31:04.974900',NULL,NULL,NULL,0,NULL);
INSERT INTO "promises" VALUES(7,2,'partners',1,'dropped',3600,'2026-11-26 14:36:04.974900','2026-11-26 15:36:04.974900',NULL,NULL,0,'clock',NULL,'',NULL,NULL,NULL,NULL,'','','','2026-11-26 15:31:04.974900',NULL,NULL,NULL,0,NULL);
INSERT INTO "promises" VALUES(8,3,'operations',1,'waiting',14400,'2026-11-26 14:36:05.613073','2026-11-26 18:36:05.613073',NULL,NULL,0,'clock',NULL,'',NULL,NULL,NULL,NULL,'','','','2026-11-26 18:31:05.613073',NULL,NULL,'2026-11-26 18:38:05.613073',0,NULL);
INSERT INTO "promises" VALUES(9,2,'operations',2,'sent',3600,'2026-11-26 14:36:06.948988','2026-11-26 14:36:06.948988','2026-11-26 14:36:07.276681',NULL,0,'resolved:1795703766937.638822600134.dcaa2f328667ed4c8467b0204d3bb406','U0ANA','🟡 *S2 · Portal slow* – resolved after 1 min

*Since it was declared*
• <!date^1795703766^{time}|14:36 UTC> Ana Reyes is commander
• <!date^1795703766^{time}|14:36 UTC> Ana Reyes resolved it: restarted

This is the last update.','2026-11-26 14:36:07.028873',NULL,NULL,NULL,'','','',NULL,NULL,'2026-11-26 14:36:07.028873',NULL,0,NULL);
INSERT INTO "promises" VALUES(10,2,'executives',1,'sent',NULL,'2026-11-26 14:36:06.948988','2026-11-26 14:36:06.948988','2026-11-26 14:36:07.304702',NULL,0,'resolved:1795703766937.638822600134.dcaa2f328667ed4c8467b0204d3bb406','U0ANA','🟡 *S2 · Portal slow* – resolved after 1 min
*What it means* Part of a service, a workaround exists

*Since it was declared*
• <!date^1795703766^{time}|14:36 UTC> Ana Reyes is commander
• <!date^1795703766^{time}|14:36 UTC> Ana Reyes resolved it: restarted

This is the last update.','2026-11-26 14:36:07.047708',NULL,NULL,NULL,'','','',NULL,NULL,'2026-11-26 14:36:07.047708',NULL,0,NULL);
INSERT INTO "promises" VALUES(11,2,'engineering',1,'sent',NULL,'2026-11-26 14:36:06.948988','2026-11-26 14:36:06.948988','2026-11-26 14:36:07.390599',NULL,0,'resolved:1795703766937.638822600134.dcaa2f328667ed4c8467b0204d3bb406','U0ANA','🟡 *S2 · Portal slow* – resolved after 1 min
Something else · since <!date^1795703764^{time}|14:36 UTC> · <#C055BE0AAF7>

*Since it was declared*
• <!date^1795703766^{time}|14:36 UTC> Ana Reyes is commander
• <!date^1795703766^{time}|14:36 UTC> Ana Reyes resolved it: restarted

This is the last update.','2026-11-26 14:36:07.070028',NULL,NULL,NULL,'','','',NULL,NULL,'2026-11-26 14:36:07.070028',NULL,0,NULL);
INSERT INTO "promises" VALUES(12,2,'partners',2,'sent',3600,'2026-11-26 14:36:06.948988','2026-11-26 14:36:06.948988','2026-11-26 14:36:07.501218',NULL,0,'resolved:1795703766937.638822600134.dcaa2f328667ed4c8467b0204d3bb406','U0ANA','🟡 *Portal slow* – resolved

It is over; it lasted 1 min. Please go back to normal work, and tell us if anything is still wrong.

This is the last update.','2026-11-26 14:36:07.081140',NULL,NULL,NULL,'','','',NULL,NULL,'2026-11-26 14:36:07.081140',NULL,0,NULL);
INSERT INTO "promises" VALUES(13,2,'customers',1,'sent',NULL,'2026-11-26 14:36:06.948988','2026-11-26 14:36:06.948988','2026-11-26 14:36:07.617517',NULL,0,'resolved:1795703766937.638822600134.dcaa2f328667ed4c8467b0204d3bb406','U0ANA','*What to tell customers* · Something else
> Thank you for your patience. The problem is solved, and everything should work as usual. If something still does not, please tell me and I will look into it.

This is the last update.','2026-11-26 14:36:07.099032',NULL,NULL,NULL,'','','',NULL,NULL,'2026-11-26 14:36:07.099032',NULL,0,NULL);
INSERT INTO "promises" VALUES(14,1,'customers',2,'waiting',1200,'2026-11-26 14:52:08.233634','2026-11-26 15:06:04.133990',NULL,NULL,0,'clock',NULL,'',NULL,NULL,NULL,NULL,'','','','2026-11-26 15:01:04.133990',NULL,NULL,'2026-11-26 15:08:04.133990',0,NULL);
INSERT INTO "promises" VALUES(15,1,'partners',2,'waiting',1800,'2026-11-26 14:52:08.268095','2026-11-26 15:21:04.133990',NULL,NULL,0,'clock',NULL,'',NULL,NULL,NULL,NULL,'','','','2026-11-26 15:16:04.133990',NULL,NULL,'2026-11-26 15:23:04.133990',0,NULL);
CREATE TABLE role_holders (
	id INTEGER NOT NULL, 
	incident_id INTEGER NOT NULL, 
	role VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	since DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(incident_id) REFERENCES incidents (id), 
	UNIQUE (incident_id, role, user_id)
);
INSERT INTO "role_holders" VALUES(1,1,'commander','U0ANA','2026-11-26 14:36:05.986126');
INSERT INTO "role_holders" VALUES(2,2,'commander','U0ANA','2026-11-26 14:36:06.730324');
CREATE TABLE subscriptions (
	id INTEGER NOT NULL, 
	user_id VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	incident_id INTEGER, 
	severity VARCHAR NOT NULL, 
	type VARCHAR NOT NULL, 
	site VARCHAR NOT NULL, 
	is_wanted BOOLEAN NOT NULL, 
	since DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(incident_id) REFERENCES incidents (id), 
	UNIQUE (user_id, "key")
);
INSERT INTO "subscriptions" VALUES(1,'U0ANA','incident:1',1,'','','',1,'2026-11-26 14:36:06.229441');
CREATE TABLE timeline_chains (
	incident_id INTEGER NOT NULL, 
	length INTEGER NOT NULL, 
	seal VARCHAR NOT NULL, 
	"before" VARCHAR NOT NULL, 
	PRIMARY KEY (incident_id)
);
INSERT INTO "timeline_chains" VALUES(1,11,'80e738ad8fec443f406a303f6d4e70017eb72ccf01607d7efa69dd6fd1a83138','97a8d4c5f88ec9558f943c8ef77ce0fbeb1cb5df13a3b53e34003fad0fa222a2');
INSERT INTO "timeline_chains" VALUES(2,11,'98f7796119dd1c19a85d9b9f27b6288fcaaf33e5aa4cc57d1c8c803878f685df','5b4be4a369e382dc1f0d96094193a820fdd5dfc3c9d88cf346d1cc7a126d80fb');
INSERT INTO "timeline_chains" VALUES(3,4,'7ba05b97302d0616aa922ec3d00767ad8d5d68ba7cb0c4475a24c7b83c54cdae','726f68d1a0af5e4355482f75c8618c55290f9f42ca895c9a935258b2df3967bc');
CREATE TABLE "timeline_entries" (
	id INTEGER NOT NULL, 
	incident_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	kind VARCHAR NOT NULL, 
	actor_id VARCHAR, 
	facts JSON NOT NULL, 
	message_ts VARCHAR, 
	source_key VARCHAR, 
	heard JSON, 
	is_marked BOOLEAN DEFAULT 0 NOT NULL, 
	label VARCHAR, 
	is_shown BOOLEAN DEFAULT 1 NOT NULL, 
	correction JSON, 
	hiding JSON, 
	PRIMARY KEY (id), 
	UNIQUE (incident_id, source_key), 
	FOREIGN KEY(incident_id) REFERENCES incidents (id)
);
INSERT INTO "timeline_entries" VALUES(1,1,'2026-11-26 14:36:04.133990','declared','U0ANA','{"severity": "S1", "title": "IVR down in Manila for Northline"}',NULL,NULL,NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(2,1,'2026-11-26 14:36:04.133990','playbook_started',NULL,'{"playbook": "Phones down"}',NULL,NULL,NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(3,1,'2026-11-26 14:36:04.670630','joined','U0ANA','{}',NULL,'joined:U0ANA:1795703764.639608',NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(4,1,'2026-11-26 14:36:04.714413','joined','U0DEVI','{}',NULL,'joined:U0DEVI:1795703764.639752',NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(5,2,'2026-11-26 14:36:04.974900','declared','U0ANA','{"severity": "S2", "title": "Portal slow"}',NULL,NULL,NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(6,2,'2026-11-26 14:36:04.974900','playbook_started',NULL,'{"playbook": "Any incident"}',NULL,NULL,NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(7,2,'2026-11-26 14:36:05.318704','joined','U0ANA','{}',NULL,'joined:U0ANA:1795703765.298229',NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(8,3,'2026-11-26 14:36:05.613073','declared','U0ANA','{"severity": "S3", "title": "Printer jammed"}',NULL,NULL,NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(9,3,'2026-11-26 14:36:05.613073','playbook_started',NULL,'{"playbook": "Any incident"}',NULL,NULL,NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(10,3,'2026-11-26 14:36:05.761895','joined','U0ANA','{}',NULL,'joined:U0ANA:1795703765.750652',NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(11,1,'2026-11-26 14:36:05.986126','role_taken','U0ANA','{"user": "U0ANA", "role": "commander"}',NULL,NULL,NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(12,1,'2026-11-26 14:36:06.266913','partner_added','U0ANA','{"partner": "Sagebrush"}',NULL,NULL,NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(13,1,'2026-11-26 14:36:06.503548','impact','U0ANA','{"text": "half the calls are dropped"}',NULL,NULL,NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(14,2,'2026-11-26 14:36:06.730324','role_taken','U0ANA','{"user": "U0ANA", "role": "commander"}',NULL,NULL,NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(15,2,'2026-11-26 14:36:06.948988','resolved','U0ANA','{"reason": "restarted"}',NULL,NULL,NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(16,2,'2026-11-26 14:36:07.276681','update_sent','U0ANA','{"audience": "Operations", "manner": ""}',NULL,NULL,NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(17,2,'2026-11-26 14:36:07.304702','update_sent','U0ANA','{"audience": "Executives", "manner": ""}',NULL,NULL,NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(18,2,'2026-11-26 14:36:07.390599','update_sent','U0ANA','{"audience": "Engineering", "manner": ""}',NULL,NULL,NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(19,2,'2026-11-26 14:36:07.501218','update_sent','U0ANA','{"audience": "Partners", "manner": ""}',NULL,NULL,NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(20,2,'2026-11-26 14:36:07.617517','update_sent','U0ANA','{"audience": "Front line", "manner": ""}',NULL,NULL,NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(21,3,'2026-11-26 14:36:07.985687','note','U0ANA','{"text": "we restarted it"}',NULL,'note:1795703767979.246137961242.c779f31689338a58730ad5ca80e3df90',NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(22,1,'2026-11-26 14:52:08.217043','update_late',NULL,'{"audience": "Front line", "due": "14:46 UTC", "reason": "Watchfloor was not running at that minute"}',NULL,NULL,NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(23,1,'2026-11-26 14:52:08.217043','step_reminded',NULL,'{"step": "Call the carrier", "level": "owner"}',NULL,NULL,NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(24,1,'2026-11-26 14:52:08.217043','step_reminded',NULL,'{"step": "Tell the floor", "level": "owner"}',NULL,NULL,NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(25,2,'2026-11-26 14:52:09.567235','closed','U0ANA','{"reason": ""}',NULL,NULL,NULL,0,NULL,1,NULL,NULL);
INSERT INTO "timeline_entries" VALUES(26,1,'2026-11-26 14:52:10.304475','paged','U0ANA','{"user": "U0DEVI", "reason": "please come"}',NULL,NULL,NULL,0,NULL,1,NULL,NULL);
CREATE TABLE timeline_gaps (
	id INTEGER NOT NULL, 
	incident_id INTEGER NOT NULL, 
	since DATETIME NOT NULL, 
	until DATETIME NOT NULL, 
	state VARCHAR NOT NULL, 
	read_to_ts VARCHAR NOT NULL, 
	threads JSON NOT NULL, 
	found INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (incident_id, until), 
	FOREIGN KEY(incident_id) REFERENCES incidents (id)
);
CREATE TABLE timeline_log (
	incident_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	entry_id INTEGER NOT NULL, 
	change VARCHAR NOT NULL, 
	state VARCHAR, 
	"before" VARCHAR NOT NULL, 
	seal VARCHAR NOT NULL, 
	PRIMARY KEY (incident_id, position)
);
INSERT INTO "timeline_log" VALUES(1,1,1,'{"by":"U0ANA","digest":"a8e99b837f1e7381090643729f6436729758cecb2df837b1991e02adedd6f478","entry":1,"on":"2026-11-26T14:36:04.379389+00:00","reason":"","what":"added"}','{"actor_id":"U0ANA","at":"2026-11-26T14:36:04.133990+00:00","correction":null,"facts":{"severity":"S1","title":"IVR down in Manila for Northline"},"heard":null,"hiding":null,"incident_id":1,"is_marked":false,"is_shown":true,"kind":"declared","label":null,"message_ts":null,"source_key":null}','0000000000000000000000000000000000000000000000000000000000000000','de7dde198d7f3784bc5ebfcac0046b293c7555446621e0fda0940e247552bacf');
INSERT INTO "timeline_log" VALUES(1,2,2,'{"by":null,"digest":"4b4b5a64126d3258ef012f43994ede1c6e98fda917b92bdf6db89e8d3ed263ad","entry":2,"on":"2026-11-26T14:36:04.425709+00:00","reason":"","what":"added"}','{"actor_id":null,"at":"2026-11-26T14:36:04.133990+00:00","correction":null,"facts":{"playbook":"Phones down"},"heard":null,"hiding":null,"incident_id":1,"is_marked":false,"is_shown":true,"kind":"playbook_started","label":null,"message_ts":null,"source_key":null}','de7dde198d7f3784bc5ebfcac0046b293c7555446621e0fda0940e247552bacf','43ac222b94a55980eb8a7c9491976386dc3701abe7b9094d703f67a61b4201bc');
INSERT INTO "timeline_log" VALUES(1,3,3,'{"by":"U0ANA","digest":"c68ef4dc30f4d67f6caca7df6857f754c4b83506ed3d550f3e8e5fa93208e295","entry":3,"on":"2026-11-26T14:36:04.692460+00:00","reason":"","what":"added"}','{"actor_id":"U0ANA","at":"2026-11-26T14:36:04.670630+00:00","correction":null,"facts":{},"heard":null,"hiding":null,"incident_id":1,"is_marked":false,"is_shown":true,"kind":"joined","label":null,"message_ts":null,"source_key":"joined:U0ANA:1795703764.639608"}','43ac222b94a55980eb8a7c9491976386dc3701abe7b9094d703f67a61b4201bc','8a2c126355d3343f2f9a8e321b50ffef38832f7a5ade6e986d7be772e1ec5951');
INSERT INTO "timeline_log" VALUES(1,4,4,'{"by":"U0DEVI","digest":"532c6cfd94641f968e040152f29f39b3dcfda8866d63d2850cbdab45da425d4b","entry":4,"on":"2026-11-26T14:36:04.722522+00:00","reason":"","what":"added"}','{"actor_id":"U0DEVI","at":"2026-11-26T14:36:04.714413+00:00","correction":null,"facts":{},"heard":null,"hiding":null,"incident_id":1,"is_marked":false,"is_shown":true,"kind":"joined","label":null,"message_ts":null,"source_key":"joined:U0DEVI:1795703764.639752"}','8a2c126355d3343f2f9a8e321b50ffef38832f7a5ade6e986d7be772e1ec5951','28b1c2e782c69d927ba5195a8c7774930213f8a787eafd83bb64599e5c69896a');
INSERT INTO "timeline_log" VALUES(2,1,5,'{"by":"U0ANA","digest":"8f295d67ba127bf7dc19addb45f629c6fd148a488f95ab9e35ebf26c424ec80d","entry":5,"on":"2026-11-26T14:36:05.052899+00:00","reason":"","what":"added"}','{"actor_id":"U0ANA","at":"2026-11-26T14:36:04.974900+00:00","correction":null,"facts":{"severity":"S2","title":"Portal slow"},"heard":null,"hiding":null,"incident_id":2,"is_marked":false,"is_shown":true,"kind":"declared","label":null,"message_ts":null,"source_key":null}','0000000000000000000000000000000000000000000000000000000000000000','195938f598338a0c9ee69ece2cb20cf403d6c2ff11be653f3de2fcd81446c280');
INSERT INTO "timeline_log" VALUES(2,2,6,'{"by":null,"digest":"f260c041b342cb1d5d5ae420b89fc348f2b3d7a52e3bc442eadfa2944d7223f4","entry":6,"on":"2026-11-26T14:36:05.061790+00:00","reason":"","what":"added"}','{"actor_id":null,"at":"2026-11-26T14:36:04.974900+00:00","correction":null,"facts":{"playbook":"Any incident"},"heard":null,"hiding":null,"incident_id":2,"is_marked":false,"is_shown":true,"kind":"playbook_started","label":null,"message_ts":null,"source_key":null}','195938f598338a0c9ee69ece2cb20cf403d6c2ff11be653f3de2fcd81446c280','6edc56cba3debf6d92d91e4d0cbbeed42558ed6d25e3d134b76c0f4541622084');
INSERT INTO "timeline_log" VALUES(2,3,7,'{"by":"U0ANA","digest":"7235fe944a5579040174c58d6d9f9f86cbfc23e14641485f3fde7539a6a2f3e2","entry":7,"on":"2026-11-26T14:36:05.324676+00:00","reason":"","what":"added"}','{"actor_id":"U0ANA","at":"2026-11-26T14:36:05.318704+00:00","correction":null,"facts":{},"heard":null,"hiding":null,"incident_id":2,"is_marked":false,"is_shown":true,"kind":"joined","label":null,"message_ts":null,"source_key":"joined:U0ANA:1795703765.298229"}','6edc56cba3debf6d92d91e4d0cbbeed42558ed6d25e3d134b76c0f4541622084','6932876620913f6c980f49479126c7ee111be27a8c693d51ea8b439222cd6f1e');
INSERT INTO "timeline_log" VALUES(3,1,8,'{"by":"U0ANA","digest":"3d9e7379aa5b1d27a9a5546b381fd7461c462469867129ea32fa808e58a781dc","entry":8,"on":"2026-11-26T14:36:05.649299+00:00","reason":"","what":"added"}','{"actor_id":"U0ANA","at":"2026-11-26T14:36:05.613073+00:00","correction":null,"facts":{"severity":"S3","title":"Printer jammed"},"heard":null,"hiding":null,"incident_id":3,"is_marked":false,"is_shown":true,"kind":"declared","label":null,"message_ts":null,"source_key":null}','0000000000000000000000000000000000000000000000000000000000000000','47ccfa6572eb86600f0ca6d19952aa1ab52dde5cfbd845dfae798dbe56627b9e');
INSERT INTO "timeline_log" VALUES(3,2,9,'{"by":null,"digest":"ad6e5fb38250bef27d017c7a81d7f8896945001728fc569ab116bb74700b1092","entry":9,"on":"2026-11-26T14:36:05.657135+00:00","reason":"","what":"added"}','{"actor_id":null,"at":"2026-11-26T14:36:05.613073+00:00","correction":null,"facts":{"playbook":"Any incident"},"heard":null,"hiding":null,"incident_id":3,"is_marked":false,"is_shown":true,"kind":"playbook_started","label":null,"message_ts":null,"source_key":null}','47ccfa6572eb86600f0ca6d19952aa1ab52dde5cfbd845dfae798dbe56627b9e','c722311533f9ccf4da8d5c1827438871731dec26f282c22971cfb345cc05bc01');
INSERT INTO "timeline_log" VALUES(3,3,10,'{"by":"U0ANA","digest":"f82b189188173b73ddce9ef70c4368d274d2af916c037dc6ff14937e53271087","entry":10,"on":"2026-11-26T14:36:05.763517+00:00","reason":"","what":"added"}','{"actor_id":"U0ANA","at":"2026-11-26T14:36:05.761895+00:00","correction":null,"facts":{},"heard":null,"hiding":null,"incident_id":3,"is_marked":false,"is_shown":true,"kind":"joined","label":null,"message_ts":null,"source_key":"joined:U0ANA:1795703765.750652"}','c722311533f9ccf4da8d5c1827438871731dec26f282c22971cfb345cc05bc01','726f68d1a0af5e4355482f75c8618c55290f9f42ca895c9a935258b2df3967bc');
INSERT INTO "timeline_log" VALUES(1,5,11,'{"by":"U0ANA","digest":"355a5aa5ba0b6f7ff56e145a2a664cd2751a65df35c31e37c4836fb69cd82046","entry":11,"on":"2026-11-26T14:36:06.040803+00:00","reason":"","what":"added"}','{"actor_id":"U0ANA","at":"2026-11-26T14:36:05.986126+00:00","correction":null,"facts":{"role":"commander","user":"U0ANA"},"heard":null,"hiding":null,"incident_id":1,"is_marked":false,"is_shown":true,"kind":"role_taken","label":null,"message_ts":null,"source_key":null}','28b1c2e782c69d927ba5195a8c7774930213f8a787eafd83bb64599e5c69896a','b6fd9bcc98edb3fe9b5dfb899338ea0f7174f00c3a71e2a44f78fc192808ba19');
INSERT INTO "timeline_log" VALUES(1,6,12,'{"by":"U0ANA","digest":"f0f1ac40ebcaf82e73cf2f511d62387f48091204390a457cdb09b9832e209fb3","entry":12,"on":"2026-11-26T14:36:06.341374+00:00","reason":"","what":"added"}','{"actor_id":"U0ANA","at":"2026-11-26T14:36:06.266913+00:00","correction":null,"facts":{"partner":"Sagebrush"},"heard":null,"hiding":null,"incident_id":1,"is_marked":false,"is_shown":true,"kind":"partner_added","label":null,"message_ts":null,"source_key":null}','b6fd9bcc98edb3fe9b5dfb899338ea0f7174f00c3a71e2a44f78fc192808ba19','327ccab96b488720be3a6d59d9ace34954fe964858869c7b73dade337c6af908');
INSERT INTO "timeline_log" VALUES(1,7,13,'{"by":"U0ANA","digest":"3057614b080e6bd30851ef29275d4a550878ac79fccc8b75e56762edafb95e65","entry":13,"on":"2026-11-26T14:36:06.515828+00:00","reason":"","what":"added"}','{"actor_id":"U0ANA","at":"2026-11-26T14:36:06.503548+00:00","correction":null,"facts":{"text":"half the calls are dropped"},"heard":null,"hiding":null,"incident_id":1,"is_marked":false,"is_shown":true,"kind":"impact","label":null,"message_ts":null,"source_key":null}','327ccab96b488720be3a6d59d9ace34954fe964858869c7b73dade337c6af908','b573a6b0435cdbe43f1f2cee28d8d0f0eea02b3a023104fc1f640bd452da2be9');
INSERT INTO "timeline_log" VALUES(2,4,14,'{"by":"U0ANA","digest":"58caac667e21aae0ea5b56f669e13a87daf390a5c5f5244f288013c0a666fae3","entry":14,"on":"2026-11-26T14:36:06.748804+00:00","reason":"","what":"added"}','{"actor_id":"U0ANA","at":"2026-11-26T14:36:06.730324+00:00","correction":null,"facts":{"role":"commander","user":"U0ANA"},"heard":null,"hiding":null,"incident_id":2,"is_marked":false,"is_shown":true,"kind":"role_taken","label":null,"message_ts":null,"source_key":null}','6932876620913f6c980f49479126c7ee111be27a8c693d51ea8b439222cd6f1e','a6e699fcefa6ee693a32b924cd52eee53b4f084b9c2fe742bd0df18551f1f065');
INSERT INTO "timeline_log" VALUES(2,5,15,'{"by":"U0ANA","digest":"8613c0f34c7f250deb758f4976b8e50cee3829c2240b5137961f9a12d4de62e6","entry":15,"on":"2026-11-26T14:36:07.003403+00:00","reason":"","what":"added"}','{"actor_id":"U0ANA","at":"2026-11-26T14:36:06.948988+00:00","correction":null,"facts":{"reason":"restarted"},"heard":null,"hiding":null,"incident_id":2,"is_marked":false,"is_shown":true,"kind":"resolved","label":null,"message_ts":null,"source_key":null}','a6e699fcefa6ee693a32b924cd52eee53b4f084b9c2fe742bd0df18551f1f065','4d706ad0726f3fa6aafb39775a04144ba7d8b7d88380b09271e45d2c4cf33587');
INSERT INTO "timeline_log" VALUES(2,6,16,'{"by":"U0ANA","digest":"ad794997151c0697aae8fabade165015b8a1e1acfa3497f0c935917c8881bfa2","entry":16,"on":"2026-11-26T14:36:07.620595+00:00","reason":"","what":"added"}','{"actor_id":"U0ANA","at":"2026-11-26T14:36:07.276681+00:00","correction":null,"facts":{"audience":"Operations","manner":""},"heard":null,"hiding":null,"incident_id":2,"is_marked":false,"is_shown":true,"kind":"update_sent","label":null,"message_ts":null,"source_key":null}','4d706ad0726f3fa6aafb39775a04144ba7d8b7d88380b09271e45d2c4cf33587','0c5e799651c2f5a996d9a0cae77a8af00c77d8f36568cf27db2de1f7fcefb15a');
INSERT INTO "timeline_log" VALUES(2,7,17,'{"by":"U0ANA","digest":"40c9628559e86ed50e3f75c82fd68dddc3f569fde688941e54b551915b253968","entry":17,"on":"2026-11-26T14:36:07.651126+00:00","reason":"","what":"added"}','{"actor_id":"U0ANA","at":"2026-11-26T14:36:07.304702+00:00","correction":null,"facts":{"audience":"Executives","manner":""},"heard":null,"hiding":null,"incident_id":2,"is_marked":false,"is_shown":true,"kind":"update_sent","label":null,"message_ts":null,"source_key":null}','0c5e799651c2f5a996d9a0cae77a8af00c77d8f36568cf27db2de1f7fcefb15a','19a712afe557c1b579e7a258f203130be9edfe8d63ae398d4b0b7fc37da47577');
INSERT INTO "timeline_log" VALUES(2,8,18,'{"by":"U0ANA","digest":"a7a812f3a01d489018e30ded55d172877526efe91174dbfa1d9fa67130e2db07","entry":18,"on":"2026-11-26T14:36:07.693740+00:00","reason":"","what":"added"}','{"actor_id":"U0ANA","at":"2026-11-26T14:36:07.390599+00:00","correction":null,"facts":{"audience":"Engineering","manner":""},"heard":null,"hiding":null,"incident_id":2,"is_marked":false,"is_shown":true,"kind":"update_sent","label":null,"message_ts":null,"source_key":null}','19a712afe557c1b579e7a258f203130be9edfe8d63ae398d4b0b7fc37da47577','5a28a089f70b9acec83eacb619fe6bc17d3ce67d07a0fa0d83fb50b88db1e779');
INSERT INTO "timeline_log" VALUES(2,9,19,'{"by":"U0ANA","digest":"f8a94d2deb62835b81843014800cbb47871209f471edbc4ea1aa917672d53b7b","entry":19,"on":"2026-11-26T14:36:07.707053+00:00","reason":"","what":"added"}','{"actor_id":"U0ANA","at":"2026-11-26T14:36:07.501218+00:00","correction":null,"facts":{"audience":"Partners","manner":""},"heard":null,"hiding":null,"incident_id":2,"is_marked":false,"is_shown":true,"kind":"update_sent","label":null,"message_ts":null,"source_key":null}','5a28a089f70b9acec83eacb619fe6bc17d3ce67d07a0fa0d83fb50b88db1e779','c823e8f27fb438ff0c46687f8806193550ed9a048ce5548f943ea44da0eb9026');
INSERT INTO "timeline_log" VALUES(2,10,20,'{"by":"U0ANA","digest":"e63b5ae9429f3445009024f50f934d8edfbc49015c3a91f6d4140d7ee502a9b8","entry":20,"on":"2026-11-26T14:36:07.718558+00:00","reason":"","what":"added"}','{"actor_id":"U0ANA","at":"2026-11-26T14:36:07.617517+00:00","correction":null,"facts":{"audience":"Front line","manner":""},"heard":null,"hiding":null,"incident_id":2,"is_marked":false,"is_shown":true,"kind":"update_sent","label":null,"message_ts":null,"source_key":null}','c823e8f27fb438ff0c46687f8806193550ed9a048ce5548f943ea44da0eb9026','5b4be4a369e382dc1f0d96094193a820fdd5dfc3c9d88cf346d1cc7a126d80fb');
INSERT INTO "timeline_log" VALUES(3,4,21,'{"by":"U0ANA","digest":"34cc0594f6356b461c8fe6b5a96def17a7f884eeef3e3e2855b95d7634a833c7","entry":21,"on":"2026-11-26T14:36:07.990437+00:00","reason":"","what":"added"}','{"actor_id":"U0ANA","at":"2026-11-26T14:36:07.985687+00:00","correction":null,"facts":{"text":"we restarted it"},"heard":null,"hiding":null,"incident_id":3,"is_marked":false,"is_shown":true,"kind":"note","label":null,"message_ts":null,"source_key":"note:1795703767979.246137961242.c779f31689338a58730ad5ca80e3df90"}','726f68d1a0af5e4355482f75c8618c55290f9f42ca895c9a935258b2df3967bc','7ba05b97302d0616aa922ec3d00767ad8d5d68ba7cb0c4475a24c7b83c54cdae');
INSERT INTO "timeline_log" VALUES(1,8,22,'{"by":null,"digest":"f5eae29c96c1838eb4d9961067ca447034f8fec9dcd7503de920255d77025ffc","entry":22,"on":"2026-11-26T14:52:08.417143+00:00","reason":"","what":"added"}','{"actor_id":null,"at":"2026-11-26T14:52:08.217043+00:00","correction":null,"facts":{"audience":"Front line","due":"14:46 UTC","reason":"Watchfloor was not running at that minute"},"heard":null,"hiding":null,"incident_id":1,"is_marked":false,"is_shown":true,"kind":"update_late","label":null,"message_ts":null,"source_key":null}','b573a6b0435cdbe43f1f2cee28d8d0f0eea02b3a023104fc1f640bd452da2be9','965c1b96f22bb3f6c642f23caf1ee24a7b26d16b8fbad30da965d9a74765845e');
INSERT INTO "timeline_log" VALUES(1,9,23,'{"by":null,"digest":"df4e1bc24399f8a7efd5f7c0f9c92c9aaaaf9115f74c860143760aeb88ef04e6","entry":23,"on":"2026-11-26T14:52:08.530620+00:00","reason":"","what":"added"}','{"actor_id":null,"at":"2026-11-26T14:52:08.217043+00:00","correction":null,"facts":{"level":"owner","step":"Call the carrier"},"heard":null,"hiding":null,"incident_id":1,"is_marked":false,"is_shown":true,"kind":"step_reminded","label":null,"message_ts":null,"source_key":null}','965c1b96f22bb3f6c642f23caf1ee24a7b26d16b8fbad30da965d9a74765845e','66e290f103b996463aaa90a25226238e0f9992a5a3c4951b17cb86a1f3b9d39d');
INSERT INTO "timeline_log" VALUES(1,10,24,'{"by":null,"digest":"abb14b874391bc86edc4795caf2318a4b5f0c9bb6e96f8f2caf65bdb49142de3","entry":24,"on":"2026-11-26T14:52:08.530620+00:00","reason":"","what":"added"}','{"actor_id":null,"at":"2026-11-26T14:52:08.217043+00:00","correction":null,"facts":{"level":"owner","step":"Tell the floor"},"heard":null,"hiding":null,"incident_id":1,"is_marked":false,"is_shown":true,"kind":"step_reminded","label":null,"message_ts":null,"source_key":null}','66e290f103b996463aaa90a25226238e0f9992a5a3c4951b17cb86a1f3b9d39d','97a8d4c5f88ec9558f943c8ef77ce0fbeb1cb5df13a3b53e34003fad0fa222a2');
INSERT INTO "timeline_log" VALUES(2,11,25,'{"by":"U0ANA","digest":"d31ba8690b5579aad85f8c9c64b499c5d7870654d269860599b01b3a7bf80932","entry":25,"on":"2026-11-26T14:52:09.718189+00:00","reason":"","what":"added"}','{"actor_id":"U0ANA","at":"2026-11-26T14:52:09.567235+00:00","correction":null,"facts":{"reason":""},"heard":null,"hiding":null,"incident_id":2,"is_marked":false,"is_shown":true,"kind":"closed","label":null,"message_ts":null,"source_key":null}','5b4be4a369e382dc1f0d96094193a820fdd5dfc3c9d88cf346d1cc7a126d80fb','98f7796119dd1c19a85d9b9f27b6288fcaaf33e5aa4cc57d1c8c803878f685df');
INSERT INTO "timeline_log" VALUES(1,11,26,'{"by":"U0ANA","digest":"02a18bc2088a291383092e5b4e518d7eb7a9a6a31063cecaba093eab853e121a","entry":26,"on":"2026-11-26T14:52:10.322632+00:00","reason":"","what":"added"}','{"actor_id":"U0ANA","at":"2026-11-26T14:52:10.304475+00:00","correction":null,"facts":{"reason":"please come","user":"U0DEVI"},"heard":null,"hiding":null,"incident_id":1,"is_marked":false,"is_shown":true,"kind":"paged","label":null,"message_ts":null,"source_key":null}','97a8d4c5f88ec9558f943c8ef77ce0fbeb1cb5df13a3b53e34003fad0fa222a2','80e738ad8fec443f406a303f6d4e70017eb72ccf01607d7efa69dd6fd1a83138');
CREATE TABLE timeline_pictures (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	incident_id INTEGER NOT NULL, 
	asked_by VARCHAR NOT NULL, 
	file_id VARCHAR, 
	attempted_at DATETIME, 
	is_settled BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE ("key"), 
	FOREIGN KEY(incident_id) REFERENCES incidents (id)
);
INSERT INTO "timeline_pictures" VALUES(1,'1795703769857.857512540962.beae6319a7ea1a53c7fba4c0e9bdafbf',3,'U0ANA',NULL,NULL,0);
CREATE TABLE update_pauses (
	id INTEGER NOT NULL, 
	incident_id INTEGER NOT NULL, 
	reason VARCHAR NOT NULL, 
	"by" VARCHAR NOT NULL, 
	since DATETIME NOT NULL, 
	ended_at DATETIME, 
	ended_by VARCHAR, 
	PRIMARY KEY (id), 
	FOREIGN KEY(incident_id) REFERENCES incidents (id)
);
CREATE INDEX ix_displays_stale ON displays (retry_at) WHERE wanted > shown;
CREATE INDEX ix_notices_incident_id ON notices (incident_id);
CREATE INDEX ix_notices_unsent ON notices (retry_at) WHERE is_settled = 0;
CREATE INDEX ix_playbook_runs_incident_id ON playbook_runs (incident_id);
CREATE UNIQUE INDEX ux_playbook_runs_running ON playbook_runs (incident_id, playbook) WHERE stopped_at IS NULL;
CREATE INDEX ix_role_holders_incident_id ON role_holders (incident_id);
CREATE INDEX ix_deliveries_promise_id ON deliveries (promise_id);
CREATE INDEX ix_playbook_steps_incident_id ON playbook_steps (incident_id);
CREATE INDEX ix_playbook_steps_owner_id ON playbook_steps (owner_id);
CREATE INDEX ix_playbook_steps_remind_at ON playbook_steps (remind_at);
CREATE INDEX ix_playbook_steps_repeat_at ON playbook_steps (repeat_at);
CREATE INDEX ix_ladder_rungs_due ON ladder_rungs (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ix_pages_unanswered ON pages (answer_by) WHERE answer_by IS NOT NULL;
CREATE INDEX ix_pages_to_ring ON pages (id) WHERE pager = 'wanted';
CREATE UNIQUE INDEX ux_alarms_open ON alarms ("key") WHERE cleared_at IS NULL;
CREATE INDEX ix_timeline_entries_order ON timeline_entries (incident_id, at, id);
CREATE INDEX ix_timeline_entries_kind ON timeline_entries (incident_id, kind);
CREATE INDEX ix_timeline_log_entry ON timeline_log (entry_id);
CREATE INDEX ix_timeline_gaps_open ON timeline_gaps (id) WHERE state IN ('channel', 'threads');
CREATE INDEX ix_follow_ups_incident_id ON follow_ups (incident_id);
CREATE INDEX ix_follow_ups_due ON follow_ups (due_at) WHERE state = 'open';
CREATE INDEX ix_follow_ups_owner ON follow_ups (owner_id) WHERE state = 'open';
CREATE INDEX ix_follow_ups_finished ON follow_ups (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX ix_follow_ups_remind ON follow_ups (remind_at) WHERE remind_at IS NOT NULL;
CREATE INDEX ix_drafts_incident_id ON drafts (incident_id);
CREATE INDEX ix_update_pauses_incident_id ON update_pauses (incident_id);
CREATE UNIQUE INDEX ux_update_pauses_open ON update_pauses (incident_id) WHERE ended_at IS NULL;
CREATE INDEX ix_promises_due ON promises (due_at) WHERE state = 'waiting';
CREATE INDEX ix_promises_draft_id ON promises (draft_id);
CREATE INDEX ix_promises_draft ON promises (draft_at) WHERE state = 'waiting' AND draft_id IS NULL;
CREATE INDEX ix_promises_late ON promises (escalate_at) WHERE escalate_at IS NOT NULL;
CREATE INDEX ix_promises_made ON promises (promised_at) WHERE state = 'waiting';
CREATE INDEX ix_subscriptions_incident_id ON subscriptions (incident_id);
CREATE INDEX ix_subscriptions_standing ON subscriptions (severity) WHERE incident_id IS NULL;
CREATE INDEX ix_postmortem_copies_behind ON postmortem_copies (id) WHERE shared_version < wanted_version AND trouble IS NULL;
CREATE INDEX ix_postmortem_files_copy_id ON postmortem_files (copy_id);
CREATE INDEX ix_postmortems_incident_id ON postmortems (incident_id);
CREATE INDEX ix_postmortems_remind_at ON postmortems (remind_at) WHERE remind_at IS NOT NULL;
CREATE INDEX ix_displays_message ON displays (channel_id, ts);
CREATE INDEX ix_timeline_pictures_waiting ON timeline_pictures (id) WHERE is_settled = 0;
CREATE INDEX ix_incidents_active ON incidents (status, id);
CREATE INDEX ix_partner_notices_due ON partner_notices (due_at) WHERE due_at IS NOT NULL;
COMMIT;
