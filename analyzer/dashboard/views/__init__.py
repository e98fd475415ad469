"""The pages, one file each with `render(page)`; `frame` names them and their order."""
