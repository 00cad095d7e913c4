package slack

import (
	"fmt"
	"testing"
	"time"
)

func TestCache(t *testing.T) {
	start := time.Unix(1_000_000, 0)
	c := newCache[int](3, time.Minute)
	c.put("a", 1, start)
	if v, known, fresh := c.get("a", start.Add(59*time.Second)); v != 1 || !known || !fresh {
		t.Errorf("get = %d, %t, %t; want it fresh", v, known, fresh)
	}
	if v, known, fresh := c.get("a", start.Add(time.Minute)); v != 1 || !known || fresh {
		t.Errorf("get later = %d, %t, %t; want it stale", v, known, fresh)
	}
	if _, known, fresh := c.get("b", start); known || fresh {
		t.Error("what was never put is known")
	}
	for i := range 100 {
		c.put(fmt.Sprint(i), i, start.Add(time.Duration(i)*time.Second))
		if len(c.items) > 3 {
			t.Fatalf("the cache holds %d things", len(c.items))
		}
	}
}

func TestClaim(t *testing.T) {
	start := time.Unix(1_000_000, 0)
	c := newCache[struct{}](10, time.Minute)
	if !c.claim("a", start) || c.claim("a", start.Add(time.Second)) {
		t.Error("a claim holds once")
	}
	if !c.claim("a", start.Add(2*time.Minute)) {
		t.Error("a claim does not end")
	}
}
