BEGIN TRANSACTION;
CREATE TABLE application_versions (
    version_id TEXT NOT NULL PRIMARY KEY,
    version_name TEXT NOT NULL UNIQUE,
    version_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    created_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
, "application_name" TEXT DEFAULT NULL);
INSERT INTO "application_versions" VALUES('661876ed-daf4-4112-b44a-85ab3cd8122d','watchfloor-1',1795703763000,1795703763000,'watchfloor');
CREATE TABLE dbos_migrations (version INTEGER NOT NULL PRIMARY KEY);
INSERT INTO "dbos_migrations" VALUES(125);
CREATE TABLE notifications (
    message_uuid TEXT NOT NULL DEFAULT (hex(randomblob(16))) PRIMARY KEY,
    destination_uuid TEXT NOT NULL,
    topic TEXT,
    message TEXT NOT NULL,
    created_at_epoch_ms INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000), "serialization" TEXT DEFAULT NULL, "consumed" BOOLEAN NOT NULL DEFAULT FALSE, consumed_by_function_id INTEGER,
    FOREIGN KEY (destination_uuid) REFERENCES workflow_status(workflow_uuid) 
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE "operation_outputs" (
    workflow_uuid TEXT NOT NULL,
    function_id INTEGER NOT NULL,
    function_name TEXT NOT NULL DEFAULT '',
    output TEXT,
    error TEXT,
    child_workflow_id TEXT,
    started_at_epoch_ms INTEGER,
    completed_at_epoch_ms INTEGER,
    serialization TEXT,
    application_name TEXT DEFAULT NULL,
    retention_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    PRIMARY KEY (workflow_uuid, function_id)
);
INSERT INTO "operation_outputs" VALUES('declare:1795703764095.429119507345.bf711d1e86ad7bbc453ca636a09ac706',1,'record','{"result": 1}',NULL,NULL,1795703764216,1795703764439,'watchfloor-json','watchfloor',1795703764000);
INSERT INTO "operation_outputs" VALUES('declare:1795703764095.429119507345.bf711d1e86ad7bbc453ca636a09ac706',2,'open_channel','{"result": ""}',NULL,NULL,1795703764510,1795703764572,'watchfloor-json','watchfloor',1795703764000);
INSERT INTO "operation_outputs" VALUES('declare:1795703764095.429119507345.bf711d1e86ad7bbc453ca636a09ac706',3,'bring_in','{"result": null}',NULL,NULL,1795703764608,1795703764804,'watchfloor-json','watchfloor',1795703764000);
INSERT INTO "operation_outputs" VALUES('declare:1795703764095.429119507345.bf711d1e86ad7bbc453ca636a09ac706',4,'tell','{"result": null}',NULL,NULL,1795703764824,1795703764851,'watchfloor-json','watchfloor',1795703764000);
INSERT INTO "operation_outputs" VALUES('declare:1795703764968.839960269825.5e4618d249ff5698412ba47f790f9d82',1,'record','{"result": 2}',NULL,NULL,1795703764984,1795703765072,'watchfloor-json','watchfloor',1795703765000);
INSERT INTO "operation_outputs" VALUES('declare:1795703764968.839960269825.5e4618d249ff5698412ba47f790f9d82',2,'open_channel','{"result": ""}',NULL,NULL,1795703765098,1795703765179,'watchfloor-json','watchfloor',1795703765000);
INSERT INTO "operation_outputs" VALUES('declare:1795703764968.839960269825.5e4618d249ff5698412ba47f790f9d82',3,'bring_in','{"result": null}',NULL,NULL,1795703765187,1795703765405,'watchfloor-json','watchfloor',1795703765000);
INSERT INTO "operation_outputs" VALUES('declare:1795703764968.839960269825.5e4618d249ff5698412ba47f790f9d82',4,'tell','{"result": null}',NULL,NULL,1795703765414,1795703765480,'watchfloor-json','watchfloor',1795703765000);
INSERT INTO "operation_outputs" VALUES('declare:1795703765611.812983716731.a81235e3c925890c7597cdf04d8a372b',1,'record','{"result": 3}',NULL,NULL,1795703765626,1795703765661,'watchfloor-json','watchfloor',1795703765000);
INSERT INTO "operation_outputs" VALUES('declare:1795703765611.812983716731.a81235e3c925890c7597cdf04d8a372b',2,'open_channel','{"result": ""}',NULL,NULL,1795703765679,1795703765723,'watchfloor-json','watchfloor',1795703765000);
INSERT INTO "operation_outputs" VALUES('declare:1795703765611.812983716731.a81235e3c925890c7597cdf04d8a372b',3,'bring_in','{"result": null}',NULL,NULL,1795703765746,1795703765832,'watchfloor-json','watchfloor',1795703765000);
INSERT INTO "operation_outputs" VALUES('declare:1795703765611.812983716731.a81235e3c925890c7597cdf04d8a372b',4,'tell','{"result": null}',NULL,NULL,1795703765840,1795703765868,'watchfloor-json','watchfloor',1795703765000);
INSERT INTO "operation_outputs" VALUES('partner:1:2026-11-26T14:49:04.133990+00:00',1,'hand_over','{}',NULL,NULL,1795703768279,1795703768517,'watchfloor-json','watchfloor',1795703768000);
INSERT INTO "operation_outputs" VALUES('partner:1:2026-11-26T14:49:04.133990+00:00',2,'tell_partner',NULL,NULL,'partner:1:2026-11-26T14:49:04.133990+00:00~2',1795703768539,1795703768954,NULL,'watchfloor',1795703768000);
INSERT INTO "operation_outputs" VALUES('partner:2:2026-11-26T14:49:04.133990+00:00',1,'hand_over','{}',NULL,NULL,1795703768286,1795703769015,'watchfloor-json','watchfloor',1795703769000);
INSERT INTO "operation_outputs" VALUES('partner:2:2026-11-26T14:49:04.133990+00:00',2,'tell_partner',NULL,NULL,'partner:2:2026-11-26T14:49:04.133990+00:00~2',1795703769030,1795703769057,NULL,'watchfloor',1795703769000);
INSERT INTO "operation_outputs" VALUES('update:1:customers:1:2026-11-26T14:46:04.133990+00:00',1,'send_update',NULL,NULL,'update:1:customers:1:2026-11-26T14:46:04.133990+00:00~2',1795703769029,1795703769097,NULL,'watchfloor',1795703769000);
INSERT INTO "operation_outputs" VALUES('update:1:partners:1:2026-11-26T14:51:04.133990+00:00',1,'send_update',NULL,NULL,'update:1:partners:1:2026-11-26T14:51:04.133990+00:00~2',1795703769088,1795703769148,NULL,'watchfloor',1795703769000);
INSERT INTO "operation_outputs" VALUES('page:1795703770024.863198029528.60a5348d8eba12daad6d03c59694f0e1',1,'look','{"result": [{"user_id": "U0DEVI", "obstacle": ""}]}',NULL,NULL,1795703770169,1795703770279,'watchfloor-json','watchfloor',1795703770000);
INSERT INTO "operation_outputs" VALUES('page:1795703770024.863198029528.60a5348d8eba12daad6d03c59694f0e1',2,'tell','{"result": null}',NULL,NULL,1795703770299,1795703770391,'watchfloor-json','watchfloor',1795703770000);
CREATE TABLE queues (
    queue_id TEXT PRIMARY KEY DEFAULT (hex(randomblob(16))),
    name TEXT NOT NULL UNIQUE,
    concurrency INTEGER,
    worker_concurrency INTEGER,
    rate_limit_max INTEGER,
    rate_limit_period_sec REAL,
    priority_enabled BOOLEAN NOT NULL DEFAULT FALSE,
    partition_queue BOOLEAN NOT NULL DEFAULT FALSE,
    polling_interval_sec REAL NOT NULL DEFAULT 1.0,
    created_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    updated_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
, "application_name" TEXT DEFAULT NULL, "partition_concurrency" INTEGER DEFAULT NULL, "partition_worker_concurrency" INTEGER DEFAULT NULL, "partition_rate_limit_max" INTEGER DEFAULT NULL, "partition_rate_limit_period_sec" REAL DEFAULT NULL);
INSERT INTO "queues" VALUES('522BC0440690CAB9E54CB1BADA8FE79D','later',NULL,NULL,NULL,NULL,1,0,0.5,1795703763000,1795703763451,'watchfloor',NULL,NULL,NULL,NULL);
CREATE TABLE streams (
    workflow_uuid TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    "offset" INTEGER NOT NULL, function_id INTEGER NOT NULL DEFAULT 0, "serialization" TEXT DEFAULT NULL,
    PRIMARY KEY (workflow_uuid, key, "offset"),
    FOREIGN KEY (workflow_uuid) REFERENCES workflow_status(workflow_uuid) 
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE workflow_events (
    workflow_uuid TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL, "serialization" TEXT DEFAULT NULL,
    PRIMARY KEY (workflow_uuid, key),
    FOREIGN KEY (workflow_uuid) REFERENCES workflow_status(workflow_uuid) 
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE workflow_events_history (
    workflow_uuid TEXT NOT NULL,
    function_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL, "serialization" TEXT DEFAULT NULL,
    PRIMARY KEY (workflow_uuid, function_id, key),
    FOREIGN KEY (workflow_uuid) REFERENCES workflow_status(workflow_uuid)
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE workflow_input (
    workflow_uuid TEXT NOT NULL PRIMARY KEY,
    inputs TEXT,
    retention_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
);
INSERT INTO "workflow_input" VALUES('declare:1795703764095.429119507345.bf711d1e86ad7bbc453ca636a09ac706','{"args": ["declare:1795703764095.429119507345.bf711d1e86ad7bbc453ca636a09ac706", {"key": "declare:1795703764095.429119507345.bf711d1e86ad7bbc453ca636a09ac706", "user_id": "U0ANA", "title": "IVR down in Manila for Northline", "severity": "S1", "at": "2026-11-26T14:36:04.133990Z", "type": "telephony", "sites": ["Manila"], "partners": ["Northline"], "description": "", "is_private": false, "reply_to": "http://127.0.0.1:39729/response/OPqfMNxawzK-_yo4YmWIlhq3", "message_at": null, "message_text": "", "message_link": "", "message_author": ""}, 1], "kwargs": {}}',1795703764000);
INSERT INTO "workflow_input" VALUES('declare:1795703764968.839960269825.5e4618d249ff5698412ba47f790f9d82','{"args": ["declare:1795703764968.839960269825.5e4618d249ff5698412ba47f790f9d82", {"key": "declare:1795703764968.839960269825.5e4618d249ff5698412ba47f790f9d82", "user_id": "U0ANA", "title": "Portal slow", "severity": "S2", "at": "2026-11-26T14:36:04.974900Z", "type": "other", "sites": [], "partners": [], "description": "", "is_private": false, "reply_to": "http://127.0.0.1:39729/response/CtOI7RyICb9ttTHNysLC_DKe", "message_at": null, "message_text": "", "message_link": "", "message_author": ""}, 1], "kwargs": {}}',1795703764000);
INSERT INTO "workflow_input" VALUES('declare:1795703765611.812983716731.a81235e3c925890c7597cdf04d8a372b','{"args": ["declare:1795703765611.812983716731.a81235e3c925890c7597cdf04d8a372b", {"key": "declare:1795703765611.812983716731.a81235e3c925890c7597cdf04d8a372b", "user_id": "U0ANA", "title": "Printer jammed", "severity": "S3", "at": "2026-11-26T14:36:05.613073Z", "type": "other", "sites": [], "partners": [], "description": "", "is_private": false, "reply_to": "http://127.0.0.1:39729/response/PzItb7WRZa2_1FW9bpCKBBtj", "message_at": null, "message_text": "", "message_link": "", "message_author": ""}, 1], "kwargs": {}}',1795703765000);
INSERT INTO "workflow_input" VALUES('update:2:operations:2:2026-11-26T14:36:06.948988+00:00','{"args": ["update:2:operations:2:2026-11-26T14:36:06.948988+00:00", {"promise_id": 9}, 1], "kwargs": {}}',1795703767000);
INSERT INTO "workflow_input" VALUES('update:2:executives:1:2026-11-26T14:36:06.948988+00:00','{"args": ["update:2:executives:1:2026-11-26T14:36:06.948988+00:00", {"promise_id": 10}, 1], "kwargs": {}}',1795703767000);
INSERT INTO "workflow_input" VALUES('update:2:engineering:1:2026-11-26T14:36:06.948988+00:00','{"args": ["update:2:engineering:1:2026-11-26T14:36:06.948988+00:00", {"promise_id": 11}, 1], "kwargs": {}}',1795703767000);
INSERT INTO "workflow_input" VALUES('update:2:partners:2:2026-11-26T14:36:06.948988+00:00','{"args": ["update:2:partners:2:2026-11-26T14:36:06.948988+00:00", {"promise_id": 12}, 1], "kwargs": {}}',1795703767000);
INSERT INTO "workflow_input" VALUES('update:2:customers:1:2026-11-26T14:36:06.948988+00:00','{"args": ["update:2:customers:1:2026-11-26T14:36:06.948988+00:00", {"promise_id": 13}, 1], "kwargs": {}}',1795703767000);
INSERT INTO "workflow_input" VALUES('update:1:customers:1:2026-11-26T14:46:04.133990+00:00','{"args": ["update:1:customers:1:2026-11-26T14:46:04.133990+00:00", {"promise_id": 5}, 1], "kwargs": {}}',1795703768000);
INSERT INTO "workflow_input" VALUES('update:1:partners:1:2026-11-26T14:51:04.133990+00:00','{"args": ["update:1:partners:1:2026-11-26T14:51:04.133990+00:00", {"promise_id": 4}, 1], "kwargs": {}}',1795703768000);
INSERT INTO "workflow_input" VALUES('partner:1:2026-11-26T14:49:04.133990+00:00','{"args": ["partner:1:2026-11-26T14:49:04.133990+00:00", {"notice_id": 1}, 1], "kwargs": {}}',1795703768000);
INSERT INTO "workflow_input" VALUES('partner:2:2026-11-26T14:49:04.133990+00:00','{"args": ["partner:2:2026-11-26T14:49:04.133990+00:00", {"notice_id": 2}, 1], "kwargs": {}}',1795703768000);
INSERT INTO "workflow_input" VALUES('partner:1:2026-11-26T14:49:04.133990+00:00~2','{"args": ["partner:1:2026-11-26T14:49:04.133990+00:00", {"notice_id": 1}, 2], "kwargs": {}}',1795703768000);
INSERT INTO "workflow_input" VALUES('partner:2:2026-11-26T14:49:04.133990+00:00~2','{"args": ["partner:2:2026-11-26T14:49:04.133990+00:00", {"notice_id": 2}, 2], "kwargs": {}}',1795703769000);
INSERT INTO "workflow_input" VALUES('update:1:customers:1:2026-11-26T14:46:04.133990+00:00~2','{"args": ["update:1:customers:1:2026-11-26T14:46:04.133990+00:00", {"promise_id": 5}, 2], "kwargs": {}}',1795703769000);
INSERT INTO "workflow_input" VALUES('update:1:partners:1:2026-11-26T14:51:04.133990+00:00~2','{"args": ["update:1:partners:1:2026-11-26T14:51:04.133990+00:00", {"promise_id": 4}, 2], "kwargs": {}}',1795703769000);
INSERT INTO "workflow_input" VALUES('postmortem:1:1:1','{"args": ["postmortem:1:1:1", {"postmortem_id": 1}, 1], "kwargs": {}}',1795703769000);
INSERT INTO "workflow_input" VALUES('picture:1','{"args": ["picture:1", {"sending_id": 1}, 1], "kwargs": {}}',1795703769000);
INSERT INTO "workflow_input" VALUES('page:1795703770024.863198029528.60a5348d8eba12daad6d03c59694f0e1','{"args": ["page:1795703770024.863198029528.60a5348d8eba12daad6d03c59694f0e1", {"number": 1, "key": "hand:1795703770024.863198029528.60a5348d8eba12daad6d03c59694f0e1", "user_ids": ["U0DEVI"], "reason": "please come", "by": "U0ANA"}, 1], "kwargs": {}}',1795703770000);
CREATE TABLE workflow_output (
    workflow_uuid TEXT NOT NULL PRIMARY KEY,
    output TEXT,
    error TEXT,
    retention_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
);
INSERT INTO "workflow_output" VALUES('declare:1795703764095.429119507345.bf711d1e86ad7bbc453ca636a09ac706','null',NULL,1795703764000);
INSERT INTO "workflow_output" VALUES('declare:1795703764968.839960269825.5e4618d249ff5698412ba47f790f9d82','null',NULL,1795703765000);
INSERT INTO "workflow_output" VALUES('declare:1795703765611.812983716731.a81235e3c925890c7597cdf04d8a372b','null',NULL,1795703765000);
INSERT INTO "workflow_output" VALUES('update:2:operations:2:2026-11-26T14:36:06.948988+00:00','null',NULL,1795703767000);
INSERT INTO "workflow_output" VALUES('update:2:executives:1:2026-11-26T14:36:06.948988+00:00','null',NULL,1795703767000);
INSERT INTO "workflow_output" VALUES('update:2:engineering:1:2026-11-26T14:36:06.948988+00:00','null',NULL,1795703767000);
INSERT INTO "workflow_output" VALUES('update:2:customers:1:2026-11-26T14:36:06.948988+00:00','null',NULL,1795703767000);
INSERT INTO "workflow_output" VALUES('update:2:partners:2:2026-11-26T14:36:06.948988+00:00','null',NULL,1795703767000);
INSERT INTO "workflow_output" VALUES('partner:1:2026-11-26T14:49:04.133990+00:00','null',NULL,1795703768000);
INSERT INTO "workflow_output" VALUES('partner:2:2026-11-26T14:49:04.133990+00:00','null',NULL,1795703769000);
INSERT INTO "workflow_output" VALUES('update:1:customers:1:2026-11-26T14:46:04.133990+00:00','null',NULL,1795703769000);
INSERT INTO "workflow_output" VALUES('update:1:partners:1:2026-11-26T14:51:04.133990+00:00','null',NULL,1795703769000);
INSERT INTO "workflow_output" VALUES('page:1795703770024.863198029528.60a5348d8eba12daad6d03c59694f0e1','null',NULL,1795703770000);
CREATE TABLE workflow_schedules (
    schedule_id TEXT PRIMARY KEY,
    schedule_name TEXT NOT NULL UNIQUE,
    workflow_name TEXT NOT NULL,
    workflow_class_name TEXT,
    schedule TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'ACTIVE',
    context TEXT NOT NULL
, "last_fired_at" TEXT DEFAULT NULL, "automatic_backfill" BOOLEAN NOT NULL DEFAULT FALSE, "cron_timezone" TEXT DEFAULT NULL, "queue_name" TEXT DEFAULT NULL, "application_name" TEXT DEFAULT NULL);
CREATE TABLE workflow_status (
    workflow_uuid TEXT PRIMARY KEY,
    status TEXT,
    name TEXT,
    authenticated_user TEXT,
    assumed_role TEXT,
    authenticated_roles TEXT,
    request TEXT,
    output TEXT,
    error TEXT,
    executor_id TEXT,
    created_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    updated_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    application_version TEXT,
    application_id TEXT,
    class_name TEXT DEFAULT NULL,
    config_name TEXT DEFAULT NULL,
    recovery_attempts INTEGER DEFAULT 0,
    queue_name TEXT,
    workflow_timeout_ms INTEGER,
    workflow_deadline_epoch_ms INTEGER,
    inputs TEXT,
    started_at_epoch_ms INTEGER,
    deduplication_id TEXT,
    priority INTEGER NOT NULL DEFAULT 0
, queue_partition_key TEXT, forked_from TEXT, "owner_xid" TEXT DEFAULT NULL, "parent_workflow_id" TEXT DEFAULT NULL, "serialization" TEXT DEFAULT NULL, "delay_until_epoch_ms" BIGINT DEFAULT NULL, "was_forked_from" BOOLEAN NOT NULL DEFAULT FALSE, "rate_limited" BOOLEAN NOT NULL DEFAULT FALSE, "completed_at" BIGINT, "attributes" TEXT, "schedule_name" TEXT, "debounce_deadline_epoch_ms" BIGINT DEFAULT NULL, "is_debounced" BOOLEAN NOT NULL DEFAULT FALSE, "application_name" TEXT DEFAULT NULL, "creator_xid" TEXT DEFAULT NULL);
INSERT INTO "workflow_status" VALUES('declare:1795703764095.429119507345.bf711d1e86ad7bbc453ca636a09ac706','SUCCESS','declare',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795703764000,1795703764000,'watchfloor-1','',NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'watchfloor-json',NULL,0,0,1795703764000,'null',NULL,NULL,0,'watchfloor','5870e0b5-ef48-44ee-8593-d4940c3cd71f');
INSERT INTO "workflow_status" VALUES('declare:1795703764968.839960269825.5e4618d249ff5698412ba47f790f9d82','SUCCESS','declare',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795703764000,1795703765000,'watchfloor-1','',NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'watchfloor-json',NULL,0,0,1795703765000,'null',NULL,NULL,0,'watchfloor','3b948473-8c88-4c71-971c-fd16bd8b52ed');
INSERT INTO "workflow_status" VALUES('declare:1795703765611.812983716731.a81235e3c925890c7597cdf04d8a372b','SUCCESS','declare',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795703765000,1795703765000,'watchfloor-1','',NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'watchfloor-json',NULL,0,0,1795703765000,'null',NULL,NULL,0,'watchfloor','b8b17cbb-db9f-48a3-abbb-7c1cf1440df3');
INSERT INTO "workflow_status" VALUES('update:2:operations:2:2026-11-26T14:36:06.948988+00:00','SUCCESS','send_update',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795703767000,1795703767000,'watchfloor-1','',NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'watchfloor-json',NULL,0,0,1795703767000,'null',NULL,NULL,0,'watchfloor','a7115f21-7814-4846-b1b6-ee7e08e41dae');
INSERT INTO "workflow_status" VALUES('update:2:executives:1:2026-11-26T14:36:06.948988+00:00','SUCCESS','send_update',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795703767000,1795703767000,'watchfloor-1','',NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'watchfloor-json',NULL,0,0,1795703767000,'null',NULL,NULL,0,'watchfloor','d21fe7c1-ec6f-485d-9c60-aac3179f5a3b');
INSERT INTO "workflow_status" VALUES('update:2:engineering:1:2026-11-26T14:36:06.948988+00:00','SUCCESS','send_update',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795703767000,1795703767000,'watchfloor-1','',NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'watchfloor-json',NULL,0,0,1795703767000,'null',NULL,NULL,0,'watchfloor','e343fa34-589d-4a9a-a4fb-8db2bcfd026a');
INSERT INTO "workflow_status" VALUES('update:2:partners:2:2026-11-26T14:36:06.948988+00:00','SUCCESS','send_update',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795703767000,1795703767000,'watchfloor-1','',NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'watchfloor-json',NULL,0,0,1795703767000,'null',NULL,NULL,0,'watchfloor','8cd7c723-f121-4966-9e4f-688467852f53');
INSERT INTO "workflow_status" VALUES('update:2:customers:1:2026-11-26T14:36:06.948988+00:00','SUCCESS','send_update',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795703767000,1795703767000,'watchfloor-1','',NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'watchfloor-json',NULL,0,0,1795703767000,'null',NULL,NULL,0,'watchfloor','4e03cd68-bf66-43c7-b226-1e4dde1bd7ec');
INSERT INTO "workflow_status" VALUES('update:1:customers:1:2026-11-26T14:46:04.133990+00:00','SUCCESS','send_update',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795703768000,1795703769000,'watchfloor-1','',NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'watchfloor-json',NULL,0,0,1795703769000,'null',NULL,NULL,0,'watchfloor','71014903-da12-4fa2-a47d-5c3e4155ef5c');
INSERT INTO "workflow_status" VALUES('update:1:partners:1:2026-11-26T14:51:04.133990+00:00','SUCCESS','send_update',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795703768000,1795703769000,'watchfloor-1','',NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'watchfloor-json',NULL,0,0,1795703769000,'null',NULL,NULL,0,'watchfloor','41f6711f-6459-4402-9b57-419602749b4b');
INSERT INTO "workflow_status" VALUES('partner:1:2026-11-26T14:49:04.133990+00:00','SUCCESS','tell_partner',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795703768000,1795703768000,'watchfloor-1','',NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'watchfloor-json',NULL,0,0,1795703768000,'null',NULL,NULL,0,'watchfloor','843bc60e-75ab-4ed7-8001-5eb3fd2115bd');
INSERT INTO "workflow_status" VALUES('partner:2:2026-11-26T14:49:04.133990+00:00','SUCCESS','tell_partner',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795703768000,1795703769000,'watchfloor-1','',NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'watchfloor-json',NULL,0,0,1795703769000,'null',NULL,NULL,0,'watchfloor','0ef1a1d6-f755-4b98-9638-5c1fc335b1a1');
INSERT INTO "workflow_status" VALUES('partner:1:2026-11-26T14:49:04.133990+00:00~2','DELAYED','tell_partner',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795703768000,1795703768000,'watchfloor-1','',NULL,NULL,0,'later',NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,'partner:1:2026-11-26T14:49:04.133990+00:00','watchfloor-json',1795703828539,0,0,NULL,'null',NULL,NULL,0,'watchfloor','274aeb2f-e7a6-4b0e-b104-583a5b69b3d1');
INSERT INTO "workflow_status" VALUES('partner:2:2026-11-26T14:49:04.133990+00:00~2','DELAYED','tell_partner',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795703769000,1795703769000,'watchfloor-1','',NULL,NULL,0,'later',NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,'partner:2:2026-11-26T14:49:04.133990+00:00','watchfloor-json',1795703829030,0,0,NULL,'null',NULL,NULL,0,'watchfloor','bb175cdd-f1b9-4087-b97b-75910ac40468');
INSERT INTO "workflow_status" VALUES('update:1:customers:1:2026-11-26T14:46:04.133990+00:00~2','DELAYED','send_update',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795703769000,1795703769000,'watchfloor-1','',NULL,NULL,0,'later',NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,'update:1:customers:1:2026-11-26T14:46:04.133990+00:00','watchfloor-json',1795703829029,0,0,NULL,'null',NULL,NULL,0,'watchfloor','9c06a97c-db59-458d-b98f-d1da0c572cc8');
INSERT INTO "workflow_status" VALUES('update:1:partners:1:2026-11-26T14:51:04.133990+00:00~2','DELAYED','send_update',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795703769000,1795703769000,'watchfloor-1','',NULL,NULL,0,'later',NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,'update:1:partners:1:2026-11-26T14:51:04.133990+00:00','watchfloor-json',1795703829088,0,0,NULL,'null',NULL,NULL,0,'watchfloor','58a48ab5-b0ca-4da0-bfd5-728ad7e247ef');
INSERT INTO "workflow_status" VALUES('postmortem:1:1:1','PENDING','deliver_postmortem',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795703769000,1795703769000,'watchfloor-1','',NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'e67f8b3f-2934-45b8-8cb3-ad2c7adf3221',NULL,'watchfloor-json',NULL,0,0,NULL,'null',NULL,NULL,0,'watchfloor','e67f8b3f-2934-45b8-8cb3-ad2c7adf3221');
INSERT INTO "workflow_status" VALUES('picture:1','PENDING','send_picture',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795703769000,1795703769000,'watchfloor-1','',NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'f20e8dfb-3434-49e9-9595-c73d8ad206ef',NULL,'watchfloor-json',NULL,0,0,NULL,'null',NULL,NULL,0,'watchfloor','f20e8dfb-3434-49e9-9595-c73d8ad206ef');
INSERT INTO "workflow_status" VALUES('page:1795703770024.863198029528.60a5348d8eba12daad6d03c59694f0e1','SUCCESS','page',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795703770000,1795703770000,'watchfloor-1','',NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'watchfloor-json',NULL,0,0,1795703770000,'null',NULL,NULL,0,'watchfloor','6187fa12-3976-4cee-a5ab-e365d216f1b7');
CREATE INDEX workflow_status_created_at_index ON workflow_status (created_at);
CREATE INDEX idx_workflow_topic ON notifications (destination_uuid, topic);
CREATE INDEX "idx_workflow_status_delayed" ON "workflow_status" ("delay_until_epoch_ms") WHERE status = 'DELAYED';
CREATE INDEX "idx_workflow_status_forked_from" ON "workflow_status" ("forked_from") WHERE "forked_from" IS NOT NULL;
CREATE INDEX "idx_workflow_status_parent_workflow_id" ON "workflow_status" ("parent_workflow_id") WHERE "parent_workflow_id" IS NOT NULL;
CREATE UNIQUE INDEX "uq_workflow_status_dedup_id" ON "workflow_status" ("queue_name", "deduplication_id") WHERE "deduplication_id" IS NOT NULL;
CREATE INDEX "idx_workflow_status_pending" ON "workflow_status" ("created_at") WHERE "status" = 'PENDING';
CREATE INDEX "idx_workflow_status_failed" ON "workflow_status" ("status", "created_at") WHERE "status" IN ('ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED');
CREATE INDEX "idx_workflow_status_rate_limited" ON "workflow_status" ("queue_name", "started_at_epoch_ms") WHERE "rate_limited" = TRUE;
CREATE INDEX "idx_workflow_status_completed_at" ON "workflow_status" ("completed_at") WHERE "completed_at" IS NOT NULL;
CREATE INDEX "idx_workflow_status_started_at" ON "workflow_status" ("started_at_epoch_ms") WHERE "started_at_epoch_ms" IS NOT NULL;
CREATE INDEX "idx_workflow_status_schedule_name" ON "workflow_status" ("schedule_name") WHERE "schedule_name" IS NOT NULL;
CREATE UNIQUE INDEX "uq_application_versions_owner_version"
    ON application_versions ("application_name", "version_name")
    WHERE "application_name" IS NOT NULL;
CREATE UNIQUE INDEX "uq_application_versions_unclaimed_version"
    ON application_versions ("version_name")
    WHERE "application_name" IS NULL;
CREATE INDEX idx_workflow_input_retention
    ON workflow_input (retention_timestamp);
CREATE INDEX idx_workflow_output_retention
    ON workflow_output (retention_timestamp);
CREATE INDEX idx_operation_outputs_retention
    ON operation_outputs (retention_timestamp);
CREATE INDEX "idx_workflow_status_in_flight_v2" ON "workflow_status" ("queue_name", "status", "priority", "created_at", "application_name") WHERE "status" IN ('ENQUEUED', 'PENDING');
CREATE INDEX "idx_workflow_status_partition_dequeue_v3" ON "workflow_status" ("queue_name", "status", "queue_partition_key", "priority", "created_at", "workflow_uuid", "application_name") WHERE "status" IN ('ENQUEUED', 'PENDING') AND "queue_partition_key" IS NOT NULL;
CREATE INDEX "idx_operation_outputs_completed_at_function_name_v2" ON "operation_outputs" ("completed_at_epoch_ms", "function_name", "application_name");
CREATE INDEX "idx_workflow_status_deadline" ON "workflow_status" ("workflow_deadline_epoch_ms") WHERE "status" IN ('ENQUEUED', 'PENDING', 'DELAYED') AND "workflow_deadline_epoch_ms" IS NOT NULL;
CREATE INDEX "idx_application_versions_timestamp" ON "application_versions" ("version_timestamp" DESC);
CREATE INDEX "idx_application_versions_owner_timestamp" ON "application_versions" ("application_name", "version_timestamp" DESC);
COMMIT;
