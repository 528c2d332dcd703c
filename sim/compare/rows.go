package compare

// Row is a cell of a comparison as a row of a table.
type Row struct {
	Arm            string   `parquet:"arm"`
	Source         string   `parquet:"source,optional"`
	SourceStrength *float64 `parquet:"source_strength,optional"`
	SourceImages   *int     `parquet:"source_images,optional"`
	Perturbation   string   `parquet:"perturbation"`
	Strength       float64  `parquet:"strength"`
	Value          float64  `parquet:"value"`
	A              float64  `parquet:"a"`
	B              float64  `parquet:"b"`
	Difference     float64  `parquet:"difference"`
	Lo             float64  `parquet:"lo"`
	Hi             float64  `parquet:"hi"`
	LoTogether     float64  `parquet:"lo_together"`
	HiTogether     float64  `parquet:"hi_together"`
	Changed        *float64 `parquet:"changed,optional"`
}

// Rows lists the cells arm by arm.
func (c *Comparison) Rows() (rows []Row) {
	for i := range c.Arms {
		a := &c.Arms[i]
		for j := range a.Cells {
			k := &a.Cells[j]
			rows = append(rows, Row{a.Arm, a.Source, a.SourceStrength, a.SourceImages, k.Perturbation, k.Strength, k.Value,
				k.A, k.B, k.Difference.Mean, k.Difference.Lo, k.Difference.Hi, k.Together.Lo, k.Together.Hi, k.Changed})
		}
	}
	return rows
}
