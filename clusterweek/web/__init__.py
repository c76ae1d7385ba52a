"""What every page needs and no room owns: forms, guards, downloads, paging, freshness, links, error pages."""
