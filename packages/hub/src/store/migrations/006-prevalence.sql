-- Which machines told of a file (verdicts/prevalence.ts): found by its digest, whatever the message.
CREATE INDEX message_file ON message ((items ->> 'object.sha256')) WHERE items ->> 'object.sha256' IS NOT NULL;
