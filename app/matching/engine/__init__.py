"""The pure part of matching: numpy and texts in, ids and numbers out; it knows nothing of people.

From low to high: `words`, `order`, `arrays`; `identity`, `vocabulary`, `statistics`, `postings`,
`impacts`, `pruning`; `texts`, `lexical`, `index`, `rank`; `explain`.
No clock, no database, no text model; the disk only in `save` and `load`.
"""
