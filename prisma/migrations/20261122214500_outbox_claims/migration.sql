-- As before, and tells the claim: what a relay says of a row counts only under the claim it was made under.
DROP FUNCTION claim_outbox(text, text[], integer, double precision);
CREATE FUNCTION claim_outbox(of_owner text, known_subjects text[], rows_max integer, lease_ms double precision)
RETURNS TABLE (id bigint, subject text, envelope jsonb, ordered_by uuid, is_suspect boolean, claim text)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  moment timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('claim_outbox ' || of_owner, 0));
  moment := clock_timestamp();
  RETURN QUERY
    WITH held AS (
      -- Of each sequence the first row that cannot leave now: another relay has it, or it is to be tried again later.
      SELECT o.ordered_by, min(o.id) AS id FROM outbox o
      WHERE o.owner = of_owner AND o.sent_at IS NULL AND o.ordered_by IS NOT NULL AND o.subject = ANY (known_subjects)
        AND (o.not_before > moment OR o.claimed_until >= moment)
      GROUP BY o.ordered_by
    ), due AS (
      SELECT o.id, o.claimed_until IS NOT NULL AS is_suspect
      FROM outbox o LEFT JOIN held h ON h.ordered_by = o.ordered_by AND h.id < o.id
      WHERE o.owner = of_owner AND o.sent_at IS NULL AND o.subject = ANY (known_subjects)
        AND o.not_before <= moment AND (o.claimed_until IS NULL OR o.claimed_until < moment) AND h.id IS NULL
      ORDER BY o.id LIMIT rows_max
    )
    UPDATE outbox o SET claimed_until = moment + lease_ms * interval '1 millisecond'
    FROM due d WHERE o.id = d.id
    RETURNING o.id, o.subject::text, o.envelope, o.ordered_by, d.is_suspect, o.claimed_until::text;
END;
$$;
