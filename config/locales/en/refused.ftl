# Sentences whose key begins with refused-: why the agent did not do it.
refused-role = Your role may not do this; it needs: { $detail }.
refused-unavailable = This version cannot run { $detail } yet; the wish is in the audit.
refused-needs-agent = This action could cut your own line, so it needs the agent (pos-console agent) to be running.
refused-unknown-action = There is no such action: { $detail }.
refused-audit = The audit cannot be written, so nothing was done.
refused-busy = Not now: { $detail }.
refused-bad-request = The request is not understood: { $detail }.
refused-lost = The connection to the agent is lost.
refused-store = The store did not answer: { $detail }.
refused-unknown-check = There is no such check or area: { $detail }
