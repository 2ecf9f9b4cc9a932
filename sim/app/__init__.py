"""The browser page: two worlds from one seed, stepped together, with policies that can be changed while they run."""
