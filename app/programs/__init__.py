"""Programs 补贴项目, their dated policies and which exclude each other."""
